using System.Buffers;
using System.Text.Json;
using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using P2PShare.Server.Cluster.Messages;

namespace P2PShare.Server.Cluster.Nats;

/// <summary>
/// A consumer that delivers the newest message of each subject, and then all new ones. The library creates consumers with a request that
/// names the filter in its subject, which servers before 2.10 refuse for one that ends with <c>&gt;</c>; so the request is made here.
/// </summary>
/// <remarks>
/// A purge by a server must not move it: see <see cref="ClusterSubjects.PurgeOf"/>.
/// </remarks>
internal static class ReplayConsumer
{
    // NATS removes the consumer of a server that has died.
    private static readonly TimeSpan AbandonedAfter = TimeSpan.FromSeconds(30);

    /// <exception cref="NatsJSApiException">NATS refuses it.</exception>
    public static async Task<INatsJSConsumer> CreateAsync(
        NatsConnection connection, INatsJSStream stream, ClusterSubjects subjects, CancellationToken cancellation)
    {
        var name = stream.Info.Config.Name!;
        var reply = await connection.RequestAsync<ReadOnlySequence<byte>, string>(
            $"$JS.API.CONSUMER.CREATE.{name}",
            RequestOf(name, subjects.All),
            requestSerializer: NatsRawSerializer<ReadOnlySequence<byte>>.Default,
            replySerializer: NatsUtf8PrimitivesSerializer<string>.Default,
            cancellationToken: cancellation);
        using var document = JsonDocument.Parse(reply.Data ?? "");
        if (document.RootElement.TryGetProperty("error", out var error))
            throw new NatsJSApiException(ErrorOf(error));
        return await stream.GetConsumerAsync(document.RootElement.GetProperty("name").GetString()!, cancellation);
    }

    private static ReadOnlySequence<byte> RequestOf(string stream, string filter)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("stream_name", stream);
        writer.WriteStartObject("config");
        writer.WriteString("deliver_policy", "last_per_subject");
        writer.WriteString("ack_policy", "none");
        writer.WriteString("replay_policy", "instant");
        writer.WriteString("filter_subject", filter);
        writer.WriteNumber("inactive_threshold", (long)AbandonedAfter.TotalNanoseconds);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return new ReadOnlySequence<byte>(buffer.WrittenMemory);
    }

    private static ApiError ErrorOf(JsonElement error) => new()
    {
        Code = error.TryGetProperty("code", out var code) ? code.GetInt32() : 0,
        ErrCode = error.TryGetProperty("err_code", out var errCode) ? errCode.GetInt32() : 0,
        Description = error.TryGetProperty("description", out var text) ? text.GetString() ?? "" : "",
    };
}
