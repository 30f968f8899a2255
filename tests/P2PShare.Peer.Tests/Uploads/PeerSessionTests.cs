using System.Net;
using System.Text;
using P2PShare.Peer.Sharing;
using P2PShare.Peer.Tests.Linux;
using P2PShare.Peer.Uploads;
using P2PShare.Protocol;
using P2PShare.Testing;
using Serilog.Core;

namespace P2PShare.Peer.Tests.Uploads;

/// <summary>Both conversations of the peer port, plain and SWARM, with literal bytes over streams in memory.</summary>
public sealed class PeerSessionTests : IAsyncDisposable
{
    private static readonly byte[] Content = new SeededBytes(1).Create(3 * Limits.PieceBytes + 5);

    private readonly SharingPeer _owner = new();
    private readonly ManualTimeProvider _time = new();
    private readonly StreamPair _pair = new(capacity: 16 * 1024 * 1024);
    private readonly CancellationTokenSource _ending = new();
    private bool _wasAborted;

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _owner.DisposeAsync();
        _pair.Dispose();
        _ending.Dispose();
    }

    [Fact]
    public async Task Plain_requester_receives_the_whole_file_and_an_orderly_close()
    {
        await _owner.ShareAsync("a b.bin", Content);
        var session = Start();

        await SendAsync("a b.bin\n");

        (await ReadToEndAsync()).Should().Equal(Content);
        await session;
        _wasAborted.Should().BeFalse();
    }

    [Fact]
    public async Task Plain_request_without_a_line_end_is_served_after_200_ms_of_silence()
    {
        await _owner.ShareAsync("a b.bin", Content);
        var session = Start();

        await SendAsync("a b.bin");
        await Eventually.True(() => _time.ArmedTimers > 1, "the wait for silence");
        _time.Advance(Limits.UnendedMessageSilence);

        (await ReadToEndAsync()).Should().Equal(Content);
        await session;
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("../shared/a")]
    [InlineData("/etc/passwd")]
    [InlineData("shared/a")]
    [InlineData("./a")]
    [InlineData("a/")]
    [InlineData("A")]
    [InlineData("a\0")]
    [InlineData("")]
    public async Task Plain_request_for_a_name_that_is_not_shared_receives_no_byte(string asked)
    {
        await _owner.ShareAsync("a", Content);
        var session = Start();

        await SendAsync(asked + "\n");

        (await ReadToEndAsync()).Should().BeEmpty();
        await session;
    }

    [Fact]
    public async Task Symbolic_link_in_the_place_of_a_shared_file_is_not_followed()
    {
        var row = await _owner.ShareAsync("a", Content);
        var secret = _owner.Folder.Write("secret", Content);
        _owner.Shared.TryFind(row.Name, out var file).Should().BeTrue();
        File.Delete(file!.Path);
        File.CreateSymbolicLink(file.Path, secret);
        var session = Start();

        await SendAsync("a\n");

        await session;
        _wasAborted.Should().BeTrue("an orderly close would say that the file is empty");
    }

    [Fact]
    public async Task Changed_file_is_detected_before_a_byte_of_it_is_sent()
    {
        var row = await _owner.ShareAsync("a", Content);
        var changes = new List<string>();
        _owner.Shared.ChangeDetected += file => changes.Add(file.Name.ToString());
        _owner.Folder.Write("shared/a", new byte[Content.Length]);
        _ = Start();

        await SendAsync($"PROTO_VERSION 1.0\nGET {row.Identity!.Value.Id} 0 1\n");

        var expected = "VERSION_OK SWARM PIECES META\nCHANGED\n"u8.ToArray();
        (await ReadAsync(expected.Length)).Should().Equal(expected);
        changes.Should().Equal("a");
    }

    [Fact]
    public async Task Pipelined_small_files_are_sent_whole_and_in_order()
    {
        var contents = new[] { 1, 4096, 16 * 1024 + 1, 64 * 1024, 64 * 1024 + 1 }.Select(size => Content[..size]).ToArray();
        var (commands, expected) = ("PROTO_VERSION 1.0\n", Encoding.UTF8.GetBytes("VERSION_OK SWARM PIECES META\n"));
        foreach (var (number, content) in contents.Index())
        {
            commands += $"GET {(await _owner.ShareAsync($"{number}", content)).Identity!.Value.Id} 0 {content.Length}\n";
            expected = [.. expected, .. Encoding.UTF8.GetBytes($"DATA {content.Length}\n"), .. content];
        }

        _ = Start();
        await SendAsync(commands);

        (await ReadAsync(expected.Length)).Should().Equal(expected);
        _owner.Shared.Snapshot().Should().OnlyContain(file => file.BytesServed == file.Identity.Size);
    }

    [Theory]
    [InlineData("gone")]
    [InlineData("changed")]
    [InlineData("shorter")]
    [InlineData("pipe")]
    [InlineData("folder")]
    public Task Small_file_that_changed_is_answered_CHANGED_and_the_others_are_sent(string what) => AssertAnsweredChangedAsync(what);

    // Only the inode differs. Without statx, .NET does not show it.
    [LinuxFact]
    public Task Small_file_replaced_by_one_of_the_same_size_and_time_is_answered_CHANGED() => AssertAnsweredChangedAsync("replaced");

    private async Task AssertAnsweredChangedAsync(string what)
    {
        var before = (await _owner.ShareAsync("before", [1])).Identity!.Value.Id;
        var changed = (await _owner.ShareAsync("a", Content[..100])).Identity!.Value.Id;
        var after = (await _owner.ShareAsync("after", [2])).Identity!.Value.Id;
        var changes = new List<string>();
        _owner.Shared.ChangeDetected += file => changes.Add(file.Name.ToString());
        Spoil(_owner.Folder.File("shared/a"), what);
        _ = Start();

        await SendAsync($"PROTO_VERSION 1.0\nGET {before} 0 1\nGET {changed} 0 100\nGET {after} 0 1\n");

        byte[] expected = [.. "VERSION_OK SWARM PIECES META\nDATA 1\n"u8, 1, .. "CHANGED\nDATA 1\n"u8, 2];
        (await ReadAsync(expected.Length)).Should().Equal(expected);
        changes.Should().Equal("a");
    }

    private static void Spoil(string path, string what)
    {
        var time = File.GetLastWriteTimeUtc(path);
        if (what == "shorter")
        {
            File.WriteAllBytes(path, Content[..99]);
            File.SetLastWriteTimeUtc(path, time);
            return;
        }

        if (what == "changed")
        {
            File.WriteAllBytes(path, Content[1..101]);
            File.SetLastWriteTimeUtc(path, time.AddSeconds(1));
            return;
        }

        File.Move(path, path + ".old");
        if (what == "replaced")
        {
            File.WriteAllBytes(path, Content[..100]);
            File.SetLastWriteTimeUtc(path, time);
        }
        else if (what == "folder")
        {
            Directory.CreateDirectory(path);
        }
        else if (what == "pipe")
        {
            System.Diagnostics.Process.Start("mkfifo", path).WaitForExit();
        }
    }

    [Fact]
    public async Task Pipelined_GETs_are_answered_in_order()
    {
        var id = (await _owner.ShareAsync("a", Content)).Identity!.Value.Id;
        _ = Start();

        await SendAsync($"PROTO_VERSION 1.0\r\nGET {id} 10 5\nGET {id} {Content.Length - 1} 1\nGET {id} 0 2\n");

        byte[] expected =
        [
            .. "VERSION_OK SWARM PIECES META\nDATA 5\n"u8, .. Content[10..15],
            .. "DATA 1\n"u8, Content[^1],
            .. "DATA 2\n"u8, .. Content[..2],
        ];
        (await ReadAsync(expected.Length)).Should().Equal(expected);
    }

    [Fact]
    public async Task HASHES_is_answered_with_the_requested_part_of_the_piece_layer()
    {
        var identity = (await _owner.ShareAsync("a", Content)).Identity!.Value;
        _ = Start();

        await SendAsync($"PROTO_VERSION 1.0\nHASHES {identity.Id} 1 2\n");

        byte[] expected = [.. "VERSION_OK SWARM PIECES META\nDATA 64\n"u8, .. _owner.Layers.TryGet(identity)!.Hashes[32..96].Span];
        (await ReadAsync(expected.Length)).Should().Equal(expected);
    }

    [Theory]
    [InlineData("GET {id} 0 0", "ERROR unknown or malformed command")]
    [InlineData("GET {id} 0 1048577", "ERROR unknown or malformed command")]
    [InlineData("GET {id} -1 1", "ERROR unknown or malformed command")]
    [InlineData("GET {id} 9223372036854775807 1", "ERROR unknown or malformed command")]
    [InlineData("GET {id} 3145733 1", "ERROR offset and length beyond the end of the file")]
    [InlineData("GET 00000000000000000000000000000000000000000000000000000000000000ff 0 1", "NOT_SHARED")]
    [InlineData("HASHES {id} 3 2", "ERROR index and count beyond the end of the piece layer")]
    [InlineData("HASHES {id} 2147483647 8192", "ERROR index and count beyond the end of the piece layer")]
    [InlineData("HASHES {id} 0 8193", "ERROR unknown or malformed command")]
    [InlineData("HELLO", "ERROR unknown or malformed command")]
    [InlineData("", "ERROR unknown or malformed command")]
    public async Task Invalid_command_is_refused_and_the_conversation_goes_on(string command, string answer)
    {
        var id = (await _owner.ShareAsync("a", Content)).Identity!.Value.Id;
        _ = Start();

        await SendAsync($"PROTO_VERSION 1.0\n{command.Replace("{id}", id.ToString(), StringComparison.Ordinal)}\nGET {id} 0 1\n");

        byte[] expected = [.. "VERSION_OK SWARM PIECES META\n"u8, .. Encoding.UTF8.GetBytes(answer), .. "\nDATA 1\n"u8, Content[0]];
        (await ReadAsync(expected.Length)).Should().Equal(expected);
    }

    [Fact]
    public async Task Sixteen_errors_in_a_row_end_the_conversation()
    {
        var session = Start();

        await SendAsync("PROTO_VERSION 1.0\n" + string.Concat(Enumerable.Repeat("HELLO\n", 20)));

        var lines = Encoding.UTF8.GetString(await ReadToEndAsync()).Split('\n');
        lines.Count(line => line.StartsWith("ERROR", StringComparison.Ordinal)).Should().Be(16);
        await session;
    }

    [Fact]
    public async Task Silent_connection_is_closed_after_10_s()
    {
        var session = Start();
        await Eventually.True(() => _time.ArmedTimers > 0, "the handshake's deadline");

        _time.Advance(Limits.HandshakeTimeout);

        await FluentActions.Awaiting(() => session).Should().ThrowAsync<OperationCanceledException>();
        (await ReadToEndAsync()).Should().BeEmpty();
    }

    private Task Start()
    {
        var connection = new StreamConnection(_pair.Near, new IPEndPoint(IPAddress.Loopback, 1), () =>
        {
            _wasAborted = true;
            _pair.Reset();
        });
        var slots = new UploadSlots(1, 1, UploadLimits.SlotPatience, _time);
        var services = new UploadServices(_owner.Shared, _owner.Layers, new GivingPeers(), slots, _time, Logger.None);
        return new PeerSession(connection, services).RunAsync(_ending.Token);
    }

    private async Task SendAsync(string text) => await _pair.Far.WriteAsync(Encoding.UTF8.GetBytes(text));

    private async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        await _pair.Far.ReadExactlyAsync(bytes);
        return bytes;
    }

    private async Task<byte[]> ReadToEndAsync()
    {
        using var all = new MemoryStream();
        await _pair.Far.CopyToAsync(all);
        return all.ToArray();
    }
}
