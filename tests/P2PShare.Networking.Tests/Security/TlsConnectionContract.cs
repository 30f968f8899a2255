using P2PShare.Networking.Security;
using P2PShare.Networking.Security.Identities;
using P2PShare.Testing;

namespace P2PShare.Networking.Tests.Security;

/// <summary>A connection in TLS does what any connection does, and knows the key of the other side.</summary>
public abstract class TlsConnectionContract(ConnectionFactory factory) : ConnectionContract(factory)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ProgramKey _nearKey = ProgramKey.Create();
    private readonly ProgramKey _farKey = ProgramKey.Create();

    protected override Task<Connection> AcceptAsync(Connection connection, CancellationToken cancellation) =>
        new TlsAcceptor(new OpenIdentity(_nearKey), Patience, TimeProvider.System).AcceptAsync(connection, cancellation);

    protected override Task<Connection> OpenAsync(Connection connection) =>
        new TlsDialer(new OpenIdentity(_farKey), Patience, TimeProvider.System)
            .SecureAsync(connection, key => key == _nearKey.Fingerprint, CancellationToken.None);

    [Fact]
    public void Each_side_knows_the_key_of_the_other()
    {
        Near.RemoteKey.Should().Be(_farKey.Fingerprint);
        Far.RemoteKey.Should().Be(_nearKey.Fingerprint);
        Near.IsEncrypted.Should().BeTrue();
    }

    [Fact]
    public async Task A_zero_byte_read_ends_when_bytes_are_there()
    {
        var waiting = Near.Stream.ReadAsync(Memory<byte>.Empty).AsTask();
        waiting.IsCompleted.Should().BeFalse();

        await Far.Stream.WriteAsync("x"u8.ToArray());

        (await waiting).Should().Be(0);
        (await Near.Stream.ReadAsync(new byte[2])).Should().Be(1);
    }

    [Fact]
    public async Task Writes_of_every_size_arrive_unchanged_in_both_directions_at_once()
    {
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var forth = WriteSizes(random);
        var back = WriteSizes(random);

        await Task.WhenAll(
            WriteAsync(Far.Stream, seed, forth),
            ReadAsync(Near.Stream, seed, forth.Sum(), random.Next()),
            WriteAsync(Near.Stream, seed + 1, back),
            ReadAsync(Far.Stream, seed + 1, back.Sum(), random.Next())).WaitAsync(Patience);
    }

    [Fact]
    public async Task Nothing_of_a_closed_connection_is_lost_and_then_it_ends()
    {
        var content = new SeededBytes(3).Create(1_000_000);

        var reading = ReadToEndAsync();
        await Near.Stream.WriteAsync(content);
        Near.CloseSending();

        (await reading.WaitAsync(Patience)).Should().Equal(content);

        async Task<byte[]> ReadToEndAsync()
        {
            var received = new MemoryStream();
            await Far.Stream.CopyToAsync(received);
            return received.ToArray();
        }
    }

    [Fact]
    public async Task A_read_and_a_write_of_an_aborted_connection_are_IO_errors()
    {
        var reading = Far.Stream.ReadAsync(new byte[1]).AsTask();
        Near.Abort();

        await reading.Invoking(task => task.WaitAsync(Patience)).Should().ThrowAsync<IOException>();
        var write = async () =>
        {
            while (true)
                await Far.Stream.WriteAsync(new byte[100_000]);
        };
        await write.Should().ThrowAsync<IOException>();
    }

    // The borders are those of a record and of the records that are sent together.
    private static int[] WriteSizes(Random random) =>
    [
        1, 2, 16_383, 16_384, 16_385, 131_071, 131_072, 131_073, 0, 1,
        .. Enumerable.Range(0, 100).Select(_ => random.Next(1, random.Next(4) == 0 ? 400_000 : 3_000)),
    ];

    private static async Task WriteAsync(Stream stream, int seed, int[] sizes)
    {
        var content = new SeededBytes((ulong)seed).Create(sizes.Sum());
        var offset = 0;
        foreach (var size in sizes)
        {
            await stream.WriteAsync(content.AsMemory(offset, size));
            offset += size;
        }
    }

    private static async Task ReadAsync(Stream stream, int seed, int length, int bufferSeed)
    {
        var random = new Random(bufferSeed);
        var received = new byte[length];
        for (var offset = 0; offset < length;)
        {
            var count = await stream.ReadAsync(received.AsMemory(offset, Math.Min(random.Next(1, 50_000), length - offset)));
            count.Should().BePositive($"{length - offset} bytes are to come (seed {seed})");
            offset += count;
        }

        var sent = new SeededBytes((ulong)seed).Create(length);
        received.AsSpan().SequenceEqual(sent).Should().BeTrue($"bytes arrive unchanged (seed {seed})");
    }
}
