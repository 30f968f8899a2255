using System.Globalization;
using P2PShare.Protocol.Identity;
using P2PShare.Testing.Processes;

namespace P2PShare.EndToEnd.Tests;

/// <summary>Unusual file names through the whole system, from one disk to another.</summary>
public sealed class NamesTests
{
    private static readonly string[] Unusual =
    [
        " ", "  two spaces  ", " leading", "trailing ", "trailing.", "a..", "a...b", "-rf", "--help", "~", "#", "a#b", "#1a2b3c4d", "%00",
        "%2e%2e%2f",
        "$(reboot)", "`reboot`", "a;b", "a|b", "a&b", "a>b", "a<b", "a*b", "a?b", "a:b", "C", "c:d:e", "a\"b", "\"quoted\"", "it's",
        "[red]", "[/]", "{0}", "{{",
        "CON", "con.txt", "NUL", "nul.tar.gz", "AUX", "PRN", "COM1", "LPT9.log", "LIST_END", "FOUND 127.0.0.1 9001", "ERROR", "NOT_FOUND",
        "x 127.0.0.1 9001", "SEARCH_END MORE",
        "- -", "1 2 3", "0", "9001", "a.part", "part.txt", "a (1)", "é", "ﬁ", "İIıi", "ß", "ſ", "Ω", "K", "😀👩‍👩‍👧", "日本語", "עברית",
        "العربية", "\u200fאב", "\u00a0",
        "\u3000", "a\u0301\u0302", "ᄀ", "\U00010348", "\uFEFFbom", "zero\u200Bwidth", "VERSION_OK SWARM", "名前 127.0.0.1 65535",
    ];

    [Fact]
    public async Task Five_hundred_unusual_names_arrive_and_each_refused_name_is_reported_with_its_reason()
    {
        await using var server = await RunningServer.StartAsync();
        await using var owner = await RunningClient.StartAsync(server, "owner");
        await using var requester = await RunningClient.StartAsync(server, "requester");
        var names = Names().Select(name => name.Normalize()).Distinct().Take(500).ToList();
        names.Should().HaveCount(500);
        foreach (var name in names)
            owner.Folder.Write($"tree/{name}", System.Text.Encoding.UTF8.GetBytes(name));
        string[] refused = ["back\\slash", "line\nend", "escape\u001b[2J", "gpj\u202e.exe", "separator\u2028"];
        foreach (var name in refused)
            owner.Folder.Write($"tree/{name}", "refused"u8);
        var before = owner.Process.Output.Lines.Count;

        (await owner.CommandAsync("ANNOUNCE tree", "Announced")).Should().Contain("500 files");
        (await requester.CommandAsync("REQUEST tree/", "saved in", TimeSpan.FromMinutes(1))).Should().Contain("500 files");

        foreach (var name in names)
            System.Text.Encoding.UTF8.GetString(File.ReadAllBytes(requester.Downloaded($"tree/{name}"))).Should().Be(name);
        Directory.GetFiles(requester.Downloaded("tree"), "*", SearchOption.AllDirectories).Should().HaveCount(500);
        var printed = string.Join('\n', owner.Process.Output.Lines.Skip(before).Concat(owner.Process.Errors.Lines));
        printed.Should().ContainAll(
            "back\\slash", "backslash in file name", "line\\u{a}end", "escape\\u{1b}[2J", "gpj\\u{202e}.exe",
            "bidirectional override in file name", "control character in file name");
        printed.Should().NotContain("\u001b").And.NotContain("\u202e");
    }

    [Fact]
    public async Task An_unusual_name_can_be_announced_requested_and_withdrawn()
    {
        await using var server = await RunningServer.StartAsync();
        await using var owner = await RunningClient.StartAsync(server, "owner");
        await using var requester = await RunningClient.StartAsync(server, "requester");
        foreach (var name in new[] { "yaz tatili.txt", "it's", "a (1)", "日本語", "[red]", "x 127.0.0.1 9001", "LIST_END", "-rf", "50% [b]" })
        {
            owner.Folder.Write(name, System.Text.Encoding.UTF8.GetBytes(name));
            await owner.CommandAsync($"ANNOUNCE {name}", $"Announced {name}:");
            await requester.CommandAsync($"REQUEST {name}", $"Saved downloads/{name}:");
            File.ReadAllText(requester.Downloaded(name)).Should().Be(name);
            foreach (var client in new[] { owner, requester })
                await client.CommandAsync($"WITHDRAW {name}", "Withdrew");
        }

        (await requester.ListFilesAsync()).Should().Equal("0 files");
    }

    private static IEnumerable<string> Names()
    {
        foreach (var name in Unusual)
            yield return name;
        yield return new string('x', 255);
        yield return new string('ğ', 127);
        yield return string.Join('/', Enumerable.Repeat("deep", 100));
        var random = new Random(500);
        while (true)
        {
            var (first, digit, second) = (Unusual[random.Next(Unusual.Length)], random.Next(10), Unusual[random.Next(Unusual.Length)]);
            var name = string.Create(CultureInfo.InvariantCulture, $"{first}{digit}{second}");
            if (FileName.TryParse("tree/" + name, out _, out _))
                yield return name;
        }
    }
}
