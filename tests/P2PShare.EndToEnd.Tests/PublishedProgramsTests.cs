using System.Runtime.Versioning;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests;

public sealed class PublishedProgramsTests
{
    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void The_published_programs_exist()
    {
        foreach (var program in new[] { Programs.Server, Programs.Client })
            File.GetUnixFileMode(program).Should().HaveFlag(UnixFileMode.UserExecute, "{0} is run by its name", program);
    }
}
