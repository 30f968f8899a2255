using System.Text;
using P2PShare.Protocol.Identity;

namespace P2PShare.Protocol.Tests.Identity;

public sealed class FileNameValidatorTests
{
    [Theory]
    [InlineData("KTorrent CVE-2007-1799", "..")]
    [InlineData("KTorrent CVE-2007-1799", "../a")]
    [InlineData("KTorrent CVE-2007-1799", "a/..")]
    [InlineData("KTorrent CVE-2007-1799", "a/../b")]
    [InlineData("KTorrent CVE-2007-1799", ".../../b")]
    [InlineData("aria2 CVE-2010-1512", "../../.bashrc")]
    [InlineData("aria2 CVE-2010-1512", "a/../../../.bashrc")]
    [InlineData("rsync CVE-2024-12087", "./../b")]
    [InlineData("rsync CVE-2024-12087", "a/./b")]
    [InlineData("croc CVE-2023-43619", "../.ssh/authorized_keys")]
    [InlineData("LocalSend CVE-2025-27142", "photos/../../../../AppData/Startup/a.bat")]
    public void A_name_that_leads_out_of_its_folder_is_refused(string attack, string name) =>
        RefusalOf(name).Should().Be("file name has a part that is . or ..", attack);

    [Theory]
    [InlineData("aria2 CVE-2010-1512", "/home/user/.bashrc")]
    [InlineData("croc CVE-2023-43619", "/home/user/.ssh/authorized_keys")]
    [InlineData("croc CVE-2023-43619", "//host/share/a")]
    [InlineData("rsync CVE-2024-12087", "a//b")]
    [InlineData("LocalSend CVE-2025-27142", "a/")]
    [InlineData("the root itself", "/")]
    public void An_absolute_name_and_an_empty_part_are_refused(string attack, string name) =>
        RefusalOf(name).Should().Be("empty part in file name", attack);

    [Theory]
    [InlineData("..\\..\\a.bat")]
    [InlineData("\\\\host\\share\\a")]
    [InlineData("a\\b")]
    [InlineData("/a\\")]
    public void A_backslash_is_refused(string name) =>
        RefusalOf(name).Should().Be("backslash in file name");

    [Theory]
    [InlineData("C:")]
    [InlineData("C:a.bat")]
    [InlineData("c:/Windows/a.bat")]
    [InlineData("Z:ğ")]
    [InlineData("\u212A:/a.bat")]
    public void A_drive_is_refused_also_where_normalization_makes_it_one(string name) =>
        RefusalOf(name).Should().Be("file name begins with a drive");

    [Theory]
    [InlineData("croc CVE-2023-43620", "a\u001b[2Jb")]
    [InlineData("CSI in one character", "a\u009b2Jb")]
    [InlineData("another file's name behind a NUL", "a.txt\0.jpg")]
    [InlineData("a second command", "a\nANNOUNCE b 1")]
    [InlineData("an overwritten line", "a\rb")]
    [InlineData("a tab", "a\tb")]
    [InlineData("a delete", "a\u007fb")]
    [InlineData("NEL", "a\u0085b")]
    [InlineData("line separator", "a\u2028b")]
    [InlineData("paragraph separator", "a\u2029b")]
    public void A_control_character_is_refused(string attack, string name) =>
        RefusalOf(name).Should().Be("control character in file name", attack);

    [Theory]
    [InlineData("photo\u202Egpj.exe")]
    [InlineData("\u202Aa")]
    [InlineData("\u202Ba")]
    [InlineData("a\u202C")]
    [InlineData("\u202Da")]
    [InlineData("\u2066a")]
    [InlineData("\u2067a")]
    [InlineData("\u2068a")]
    [InlineData("a\u2069")]
    public void A_bidirectional_override_is_refused(string name) =>
        RefusalOf(name).Should().Be("bidirectional override in file name");

    [Theory]
    [InlineData("overlong ../", new byte[] { 0xC0, 0xAE, 0xC0, 0xAE, 0xC0, 0xAF, 0x61 })]
    [InlineData("overlong . in three bytes", new byte[] { 0xE0, 0x80, 0xAE })]
    [InlineData("overlong NUL", new byte[] { 0x61, 0xC0, 0x80 })]
    [InlineData("a surrogate", new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData("beyond Unicode", new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    [InlineData("a character cut short", new byte[] { 0x61, 0xC3 })]
    [InlineData("a byte that never occurs", new byte[] { 0xFF })]
    public void Invalid_UTF_8_is_refused(string what, byte[] name)
    {
        FileName.TryParse(name, out _, out var refusal).Should().BeFalse(what);
        refusal.Should().Be("file name is not valid UTF-8", what);
    }

    [Fact]
    public void An_unpaired_surrogate_is_refused_and_not_replaced() =>
        RefusalOf("a\uD800b").Should().Be("file name is not valid UTF-8");

    [Theory]
    [InlineData(0xFFFE)]
    [InlineData(0xFFFF)]
    [InlineData(0xFDD0)]
    [InlineData(0xFDEF)]
    [InlineData(0x1FFFE)]
    [InlineData(0x10FFFF)]
    public void A_noncharacter_is_refused_and_does_not_throw(int noncharacter) =>
        RefusalOf($"a{new Rune(noncharacter)}b").Should().Be("noncharacter in file name");

    [Theory]
    [InlineData("PROTO_VERSION 1.0")]
    [InlineData("PROTO_VERSION ")]
    [InlineData("PROTO_VERSION 9/a")]
    public void A_name_that_begins_like_the_handshake_is_refused(string name) =>
        RefusalOf(name).Should().Be("file name begins with PROTO_VERSION");

    [Fact]
    public void An_empty_name_is_refused() => RefusalOf("").Should().Be("empty file name");

    [Theory]
    [InlineData("yaz tatili ğüşıöç.txt")]
    [InlineData("photos/2024/a.jpg")]
    [InlineData(".ssh/authorized_keys")]
    [InlineData(".hidden")]
    [InlineData("...")]
    [InlineData("..a/b../c..d")]
    [InlineData("a.")]
    [InlineData("a ")]
    [InlineData(" a")]
    [InlineData(" ")]
    [InlineData("a  b")]
    [InlineData("CON")]
    [InlineData("NUL.txt")]
    [InlineData("com1/lpt9")]
    [InlineData("ab:c")]
    [InlineData("1:c")]
    [InlineData("é:c")]
    [InlineData("a/C:/b")]
    [InlineData("<>\"|?*")]
    [InlineData("-rf")]
    [InlineData("--help")]
    [InlineData("~/a")]
    [InlineData("$HOME `id` $(id) %PATH% ; & '")]
    [InlineData("%2e%2e%2fa")]
    [InlineData("&#46;&#46;/a")]
    [InlineData("．．／a")]
    [InlineData("a∕b")]
    [InlineData("\u2024\u2024/a")]
    [InlineData("LIST_END")]
    [InlineData("ERROR a")]
    [InlineData("127.0.0.1 9001")]
    [InlineData("PROTO_VERSION")]
    [InlineData("proto_version 1.0")]
    [InlineData("a/PROTO_VERSION 1.0")]
    [InlineData("report.pdf#8f3a12c1")]
    [InlineData("👩‍👩‍👧 🏳️‍🌈.jpg")]
    [InlineData("\u200Fשלום\u200E.txt")]
    [InlineData("नमस्ते/สวัสดี/안녕")]
    [InlineData("İıIi")]
    [InlineData("a\u00A0b\u3000c")]
    [InlineData("\uFEFFa")]
    [InlineData("\U000F0000")]
    public void An_unusual_but_harmless_name_is_accepted_unchanged(string name)
    {
        FileName.TryParse(name, out var parsed, out var refusal).Should().BeTrue(refusal);
        parsed.ToString().Should().Be(name);
    }

    [Theory]
    [InlineData("e\u0301.txt", "é.txt")]
    [InlineData("g\u0306u\u0308s\u0327.txt", "ğüş.txt")]
    [InlineData("\u1112\u1161\u11AB", "한")]
    [InlineData("\u212Bngstro\u0308m", "Ångström")]
    [InlineData("\u212A2.jpg", "K2.jpg")]
    public void A_name_is_normalized_to_NFC_so_that_two_encodings_are_equal(string decomposed, string composed)
    {
        FileName.TryParse(decomposed, out var first, out _).Should().BeTrue();
        FileName.TryParse(composed, out var second, out _).Should().BeTrue();

        first.Should().Be(second);
        first.Utf8.ToArray().Should().Equal(Encoding.UTF8.GetBytes(composed));
    }

    [Theory]
    [InlineData(255, null)]
    [InlineData(256, "part of file name longer than 255 bytes")]
    [InlineData(1024, "part of file name longer than 255 bytes")]
    [InlineData(1025, "file name longer than 1024 bytes")]
    public void A_part_has_at_most_255_bytes(int length, string? refusal)
    {
        RefusalOf(new string('a', length)).Should().Be(refusal);
        RefusalOf(new string('ç', length / 2) + new string('a', length % 2)).Should().Be(refusal);
        var middle = RefusalOf("a/" + new string('a', Math.Min(length, 256)) + "/a");
        middle.Should().Be(length > 255 ? "part of file name longer than 255 bytes" : null);
    }

    [Theory]
    [InlineData(1024, null)]
    [InlineData(1025, "file name longer than 1024 bytes")]
    public void A_name_has_at_most_1024_bytes(int length, string? refusal)
    {
        var folders = string.Concat(Enumerable.Repeat(new string('a', 250) + "/", 4));

        RefusalOf(folders + new string('a', length - folders.Length)).Should().Be(refusal);
        RefusalOf(folders + "ç" + new string('a', length - folders.Length - 2)).Should().Be(refusal);
    }

    [Fact]
    public void Lengths_are_measured_after_normalization()
    {
        // DEVANAGARI QA is 3 bytes, and 6 in NFC, which leaves it decomposed; E with an acute accent is 3 bytes, and 2 in NFC.
        var part = string.Concat(Enumerable.Repeat("\u0958", 80));
        RefusalOf(string.Concat(Enumerable.Repeat("\u0958", 42))).Should().BeNull();
        RefusalOf(part).Should().Be("part of file name longer than 255 bytes");
        RefusalOf($"{part}/{part}/{part}/{part}").Should().Be("file name longer than 1024 bytes");
        RefusalOf(string.Concat(Enumerable.Repeat("e\u0301", 127))).Should().BeNull();
        RefusalOf(string.Concat(Enumerable.Repeat("e\u0301", 128))).Should().Be("part of file name longer than 255 bytes");
    }

    [Fact]
    public void A_name_of_two_megabytes_is_refused_for_its_length() =>
        RefusalOf(new string('ç', 1 << 20)).Should().Be("file name longer than 1024 bytes");

    private static string? RefusalOf(string name)
    {
        var passed = FileName.TryParse(name, out _, out var refusal);
        passed.Should().Be(refusal is null);
        return refusal;
    }
}
