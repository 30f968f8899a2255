using System.Text;
using P2PShare.Server.Cluster.Messages;
using P2PShare.Server.Registry.Pages;

namespace P2PShare.Fuzz.Targets;

/// <summary>Mutated messages of a cluster: what is accepted is written again byte by byte as it was.</summary>
internal sealed class ClusterMessagesTarget : IFuzzTarget
{
    private readonly ClusterSubjects _subjects = new("home");

    public string Name => "messages of a cluster";

    public Task RunCaseAsync(Mutator mutator)
    {
        var random = mutator.Random;
        CheckPage(mutator.ChangeBytes(ClusterSamples.Page(random, random.NextInt64(1, MessageBounds.MaxVersion))));
        CheckPage(mutator.ChangeBytes(ClusterSamples.Tombstone(random.NextInt64(1, MessageBounds.MaxVersion))));
        CheckLease(mutator.ChangeBytes(ClusterSamples.Lease(random, 1, 1)));
        var subject = Encoding.UTF8.GetString(
            mutator.Change(Encoding.UTF8.GetBytes(_subjects.Page(new ServerId(1), random.Next()))));
        if (_subjects.TryParse(subject, out var server, out var page))
            (page is { } number ? _subjects.Page(server, number) : _subjects.Lease(server))
                .MustSatisfy(written => written == subject, "a subject has one form");
        return Task.CompletedTask;
    }

    private static void CheckPage(byte[] message)
    {
        using var page = new RegistryPage();
        if (!PageMessage.TryReadHeader(message, out var header) || !PageMessage.TryRead(message, page, out var session))
            return;
        (page.Rows.Count + page.Parts.Count).MustSatisfy(items => items is > 0 and <= RegistryPage.MaxItems, "a page is bounded");
        var writer = new MessageWriter(MessageBounds.MaxPageBytes);
        PageMessage.Write(writer, header.Version, page, session);
        writer.Written.MustSatisfy(written => written.Span.SequenceEqual(message), "a page has one form");
    }

    private static void CheckLease(byte[] message)
    {
        if (LeaseMessage.TryRead(message, out var lease))
            ClusterSamples.Write(lease).MustSatisfy(written => written.AsSpan().SequenceEqual(message), "a lease has one form");
    }
}
