using System.Text.Json;
using P2PShare.Server.Logging;
using P2PShare.Testing;
using Serilog;
using Serilog.Core;

namespace P2PShare.Server.Tests.Logging;

public sealed class LogFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_JSON_log_has_an_object_a_line_with_the_message_and_its_properties()
    {
        using (var log = LogTo(LogFile.Open(_folder.File("a.log"), isJson: true)))
        {
            log.Information("registered as {User:l}", "yi\"ğ\n");
            log.Debug("connected");
        }

        var lines = File.ReadAllLines(_folder.File("a.log")).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        lines.Should().HaveCount(2);
        lines[0].GetProperty("@m").GetString().Should().Be("registered as yi\"ğ\n");
        lines[0].GetProperty("User").GetString().Should().Be("yi\"ğ\n");
        lines[1].GetProperty("@l").GetString().Should().Be("Debug");
    }

    [Fact]
    public void After_the_file_was_moved_away_a_reopened_log_writes_a_new_one()
    {
        var file = LogFile.Open(_folder.File("a.log"), isJson: false);
        using (var log = LogTo(file))
        {
            log.Information("one");
            File.Move(_folder.File("a.log"), _folder.File("moved"));
            log.Information("two");
            file.Reopen();
            log.Information("three");
            file.Reopen();
            log.Information("four");
        }

        Messages("moved").Should().Equal("one", "two");
        Messages("a.log").Should().Equal("three", "four");
    }

    [Fact]
    public void A_log_that_cannot_be_reopened_is_written_on()
    {
        var file = LogFile.Open(_folder.File("a.log"), isJson: false);
        using (var log = LogTo(file))
        {
            log.Information("one");
            File.Move(_folder.File("a.log"), _folder.File("moved"));
            Directory.CreateDirectory(_folder.File("a.log"));

            file.Invoking(it => it.Reopen()).Should().Throw<UnauthorizedAccessException>();
            log.Information("two");
        }

        Messages("moved").Should().Equal("one", "two");
    }

    private static Logger LogTo(LogFile file) => new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(file).CreateLogger();

    private IEnumerable<string> Messages(string name) => File.ReadAllLines(_folder.File(name)).Select(line => line.Split("] ")[1]);
}
