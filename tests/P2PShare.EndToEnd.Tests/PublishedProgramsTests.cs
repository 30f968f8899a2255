using System.Runtime.Versioning;
using P2PShare.EndToEnd.Tests.Running;
using P2PShare.Testing;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests;

/// <summary>What <c>dotnet publish</c> leaves: two files that can be handed on.</summary>
public sealed class PublishedProgramsTests
{
    private const int FewDescriptors = 40;

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void The_published_programs_exist()
    {
        foreach (var program in new[] { Programs.Server, Programs.Client })
            File.GetUnixFileMode(program).Should().HaveFlag(UnixFileMode.UserExecute, "{0} is run by its name", program);
    }

    [Fact]
    public void Nothing_else_stands_beside_them() =>
        Directory.GetFileSystemEntries(Path.GetDirectoryName(Programs.Server)!).Should().BeEquivalentTo(Programs.Server, Programs.Client);

    [NativeFact]
    public async Task A_native_program_loads_no_runtime_and_needs_no_environment()
    {
        await using var server = await RunningServer.StartAsync(["/usr/bin/env", "-i"], 0);

        File.ReadAllText($"/proc/{server.Process.Id}/maps").Should().NotContain("coreclr").And.NotContain(".dll");
    }

    [NativeFact]
    public async Task A_file_is_announced_listed_and_fetched_by_native_programs_of_40_descriptors()
    {
        var few = DescriptorLimit.PrefixFor(FewDescriptors);
        await using var server = await RunningServer.StartAsync(few, 0);
        await using var owner = await RunningClient.StartAsync(server, "yigido", prefix: few);
        await using var requester = await RunningClient.StartAsync(server, "ayşe", prefix: few);
        var path = await new SeededBytes(40).WriteFileAsync(owner.Folder.File("large.bin"), 16 * 1024 * 1024);

        await owner.CommandAsync("ANNOUNCE large.bin", "Announced");
        (await requester.ListFilesAsync()).Should().HaveCount(2);
        await requester.CommandAsync("REQUEST large.bin", "Saved");

        FileContent.AreEqual(requester.Downloaded("large.bin"), path).Should().BeTrue();
    }
}
