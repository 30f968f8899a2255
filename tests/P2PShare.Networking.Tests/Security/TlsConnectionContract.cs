using P2PShare.Networking.Security;
using P2PShare.Networking.Security.Identities;

namespace P2PShare.Networking.Tests.Security;

/// <summary>A connection in TLS does what any connection does, and knows the key of the other side.</summary>
public abstract class TlsConnectionContract(ConnectionFactory factory) : ConnectionContract(factory)
{
    private readonly ProgramKey _nearKey = ProgramKey.Create();
    private readonly ProgramKey _farKey = ProgramKey.Create();

    protected override Task<Connection> AcceptAsync(Connection connection, CancellationToken cancellation) =>
        new TlsAcceptor(new OpenIdentity(_nearKey), TimeSpan.FromSeconds(30), TimeProvider.System).AcceptAsync(connection, cancellation);

    protected override Task<Connection> OpenAsync(Connection connection) =>
        new TlsDialer(new OpenIdentity(_farKey), TimeSpan.FromSeconds(30), TimeProvider.System)
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
}
