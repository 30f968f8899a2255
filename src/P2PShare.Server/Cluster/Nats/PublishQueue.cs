using System.Threading.Channels;
using P2PShare.Server.Cluster.Messages;

namespace P2PShare.Server.Cluster.Nats;

/// <summary>
/// What the node wants sent, in its order. The node bounds what is under way, so that the queue is bounded, too. What it wants while there
/// is no connection is dropped: the node starts anew with the next one.
/// </summary>
internal sealed class PublishQueue : IClusterOutput
{
    private volatile Channel<Command> _commands = NewChannel();

    /// <summary>What is to be sent over the connection that began with the last <see cref="Begin"/>.</summary>
    public ChannelReader<Command> Commands => _commands.Reader;

    /// <summary>Drops what was not sent.</summary>
    public void Begin() => _commands = NewChannel();

    /// <summary>Nothing follows: the reader ends after what is left.</summary>
    public void End() => _commands.Writer.TryComplete();

    public void Publish(string subject, ReadOnlyMemory<byte> payload, long publication) =>
        _commands.Writer.TryWrite(new Command.Publication(subject, payload.ToArray(), publication));

    public void Purge(ServerId server, long notHeardSince) => _commands.Writer.TryWrite(new Command.Purge(server, notHeardSince));

    public void Replay() => _commands.Writer.TryWrite(new Command.Replay());

    private static Channel<Command> NewChannel() => Channel.CreateUnbounded<Command>(new() { SingleReader = true });

    internal abstract record Command
    {
        public sealed record Publication(string Subject, byte[] Payload, long Number) : Command;

        public sealed record Purge(ServerId Server, long NotHeardSince) : Command;

        public sealed record Replay : Command;
    }
}
