using System.Diagnostics;
using P2PShare.ManPages;

namespace P2PShare.EndToEnd.Tests;

/// <summary>The manual pages say what <c>--help</c> says.</summary>
public sealed class ManPageTests
{
    public static TheoryData<string> Programs => [.. Pages.All.Select(page => page.Program)];

    [Theory]
    [MemberData(nameof(Programs))]
    public void A_page_names_every_argument_option_and_exit_code(string program)
    {
        var page = Pages.All.Single(page => page.Program == program);
        var text = page.ToString().Replace("\\-", "-", StringComparison.Ordinal);

        foreach (var option in page.Root.Options)
            text.Should().Contain($"\\fB{option.Name}\\fR");
        foreach (var argument in page.Root.Arguments)
            text.Should().Contain($"\\fI{argument.Name}\\fR\n");
        foreach (var code in new[] { 0, 1, 2, 5 })
            text.Should().Contain($".TP\n\\fB{code}\\fR\n");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        text.Should().Contain(".SH \"EXIT STATUS\"\n").And.NotContain(home + "/");
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Groff_takes_a_page_without_a_warning_and_shows_it(string program)
    {
        if (!File.Exists("/usr/bin/groff"))
            return;
        var start = new ProcessStartInfo("groff", ["-man", "-ww", "-Tascii", "-P-bou"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["GROFF_NO_SGR"] = "1";
        using var groff = Process.Start(start)!;
        await groff.StandardInput.WriteAsync(Pages.All.Single(page => page.Program == program).ToString());
        groff.StandardInput.Close();
        var shown = groff.StandardOutput.ReadToEndAsync();
        (await groff.StandardError.ReadToEndAsync()).Should().BeEmpty();
        await groff.WaitForExitAsync();

        groff.ExitCode.Should().Be(0);
        (await shown).Should().Contain("--verbose").And.Contain($"{program.ToUpperInvariant()}(1)");
    }
}
