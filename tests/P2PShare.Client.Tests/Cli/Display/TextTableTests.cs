using System.Text;
using P2PShare.Client.Cli.Display;

namespace P2PShare.Client.Tests.Cli.Display;

public sealed class TextTableTests
{
    [Fact]
    public void Columns_are_aligned_whatever_the_width_of_their_characters()
    {
        string[] names = ["NAME", "plain.txt", "yaz tatili ğüşıöç.txt", "文件名.txt", "e\u0301te\u0301.txt", "📷.jpg", "한국어"];

        var lines = TextTable.LinesOf([.. names.Select(name => new[] { name, "|" })]).ToList();

        lines.Select(line => TextTable.WidthOf(line[..line.IndexOf('|')])).Distinct().Should().ContainSingle();
        lines[3].Should().Be("文件名.txt             |", "each of the three takes two columns");
    }

    [Fact]
    public void Very_long_name_shifts_only_its_own_row()
    {
        var lines = TextTable.LinesOf([["NAME", "SIZE"], ["a", "1 B"], [new string('x', 300), "2 B"]]).ToList();

        lines[1].Should().HaveLength(TextTable.MaxColumnWidth + 2 + 3);
        lines[2].Should().EndWith("xxx  2 B");
    }

    [Fact]
    public void No_line_ends_in_spaces() =>
        TextTable.LinesOf([["NAME", "OWNER"], ["a", ""]]).Should().Equal("NAME  OWNER", "a");

    [Theory]
    [InlineData("a\u001b[2Jb")]
    [InlineData("a\r\nb  1 MiB")]
    [InlineData("\u202egpj.exe")]
    [InlineData("a\u0000b")]
    [InlineData("a\u009bb")]
    [InlineData("a\u2028b")]
    public void Name_with_control_characters_is_escaped_in_its_cell(string name)
    {
        var line = TextTable.LinesOf([[Screen.Safe(name), "1 B"]]).Single();

        line.EnumerateRunes().Should().NotContain(rune => Rune.IsControl(rune) || rune.Value == 0x202E || rune.Value == 0x2028);
        line.Should().EndWith("  1 B");
    }
}
