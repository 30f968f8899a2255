using System.Buffers;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using P2PShare.Server.Configuration;
using P2PShare.Server.Members;

namespace P2PShare.Server.Cluster.Nats;

/// <summary>The member list of a private cluster: the newest message of a stream that has one subject.</summary>
internal sealed class MembersStream : ISharedValue
{
    private const int NotFound = 404;

    // An error code of JetStream: another message has been stored since.
    private const int WrongLastSequence = 10071;

    private readonly NatsJSContext _context;
    private readonly ClusterSettings _settings;
    private readonly string _subject;
    private INatsJSStream _stream;

    private MembersStream(NatsJSContext context, ClusterSettings settings, INatsJSStream stream) =>
        (_context, _settings, _subject, _stream) = (context, settings, StreamSetup.MembersSubjectOf(settings.Name), stream);

    /// <summary>Opens the stream, or makes it.</summary>
    /// <exception cref="ClusterException">There is such a stream, which these servers cannot use.</exception>
    public static async Task<MembersStream> OpenAsync(NatsJSContext context, ClusterSettings settings, CancellationToken cancellation) =>
        new(context, settings, await StreamSetup.OpenMembersAsync(context, settings, cancellation));

    public Task<ulong> ReadVersionAsync(CancellationToken cancellation) => GuardAsync(
        async () =>
        {
            try
            {
                await _stream.RefreshAsync(cancellation);
            }
            catch (NatsJSApiException e) when (e.Error.Code == NotFound)
            {
                // NATS has lost it, as a stream in memory is lost.
                _stream = await StreamSetup.OpenMembersAsync(_context, _settings, cancellation);
            }

            var state = _stream.Info.State;
            return state.Messages == 0 ? 0 : state.LastSeq;
        },
        cancellation);

    public Task<(byte[]? Value, ulong Version)> ReadAsync(CancellationToken cancellation) => GuardAsync<(byte[]?, ulong)>(
        async () =>
        {
            try
            {
                var newest = await _stream.GetAsync(new StreamMsgGetRequest { LastBySubj = _subject }, cancellation);
                return (newest.Message.Data.ToArray(), newest.Message.Seq);
            }
            catch (NatsJSApiException e) when (e.Error.Code == NotFound)
            {
                return (null, 0);
            }
        },
        cancellation);

    public Task<bool> TryWriteAsync(byte[] value, ulong version, CancellationToken cancellation) => GuardAsync(
        async () =>
        {
            var result = await _context.PublishAsync(
                _subject,
                new ReadOnlySequence<byte>(value),
                NatsRawSerializer<ReadOnlySequence<byte>>.Default,
                new NatsJSPubOpts { ExpectedLastSubjectSequence = version },
                cancellationToken: cancellation);
            if (result.Error?.ErrCode == WrongLastSequence)
                return false;
            result.EnsureSuccess();
            return true;
        },
        cancellation);

    // The library has many kinds of exceptions, and cancels by itself where NATS does not answer.
    private static async Task<T> GuardAsync<T>(Func<Task<T>> act, CancellationToken cancellation)
    {
        try
        {
            return await act();
        }
        catch (Exception e) when (e is not OutOfMemoryException && !cancellation.IsCancellationRequested)
        {
            throw new IOException($"the cluster does not answer: {NatsFaults.WhyHopeless(e) ?? NatsFaults.Reason(e)}", e);
        }
    }
}
