using NATS.Client.Core;
using NATS.Client.JetStream;
using NATS.Client.JetStream.Models;
using P2PShare.EndToEnd.Tests.Running;
using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Cluster.Nats;
using P2PShare.Server.Configuration;
using P2PShare.Testing.Nats;

namespace P2PShare.EndToEnd.Tests.Cluster;

/// <summary>What a purge by one server does to the deliveries to others, in a real NATS server.</summary>
public sealed class PurgeTests
{
    private const int Pages = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ClusterSubjects _subjects = new(ClusterSettings.DefaultName);

    [NatsFact]
    public async Task A_purge_removes_the_messages_of_one_server_and_nothing_that_others_have_not_received_yet()
    {
        using var deadline = new CancellationTokenSource(Patience);
        await using var nats = await RunningNats.StartAsync();
        await using var connection = new NatsConnection(NatsOpts.Default with { Url = nats.Url });
        var context = new NatsJSContext(connection);
        var settings = new ClusterSettings([nats.Url], ClusterSettings.DefaultName);
        var stream = await StreamSetup.OpenAsync(context, settings, _subjects, deadline.Token);
        var (living, dead) = (new ServerId(1), new ServerId(2));
        await PublishAsync(context, _subjects.Lease(living), deadline.Token);
        var consumer = await ReplayConsumer.CreateAsync(connection, stream, _subjects, deadline.Token);

        for (var page = 0; page < Pages; page++)
        {
            await PublishAsync(context, _subjects.Page(living, page), deadline.Token);
            await PublishAsync(context, _subjects.Page(dead, page), deadline.Token);
        }

        var purged = await stream.PurgeAsync(new StreamPurgeRequest { Filter = _subjects.PurgeOf(dead) }, deadline.Token);

        purged.Purged.Should().Be(Pages);
        (await ReceiveAsync(consumer, 1 + Pages, deadline.Token)).Should().Equal(
            [_subjects.Lease(living), .. Enumerable.Range(0, Pages).Select(page => _subjects.Page(living, page))]);
    }

    private static async Task PublishAsync(NatsJSContext context, string subject, CancellationToken cancellation) =>
        (await context.PublishAsync(subject, "message", cancellationToken: cancellation)).EnsureSuccess();

    private static async Task<List<string>> ReceiveAsync(INatsJSConsumer consumer, int count, CancellationToken cancellation)
    {
        var subjects = new List<string>();
        var options = new NatsJSFetchOpts { MaxMsgs = count, Expires = TimeSpan.FromSeconds(5) };
        await foreach (var message in consumer.FetchAsync<string>(opts: options, cancellationToken: cancellation))
            subjects.Add(message.Subject);
        return subjects;
    }
}
