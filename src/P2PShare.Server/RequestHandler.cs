using System.Buffers;
using System.Net;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;
using P2PShare.Server.Guards;
using P2PShare.Server.Lists;
using P2PShare.Server.Registry;
using Serilog;
using Serilog.Events;

namespace P2PShare.Server;

/// <summary>
/// The commands of one session (PROTOCOL.md, sections 4 and 5): a line in, a reply out, and what they change in the registry.
/// It reads and writes no stream. A list that may be long is only begun here, and left in <see cref="List"/>.
/// </summary>
/// <param name="owner">The session's number: it is the owner of what is announced here.</param>
/// <param name="ip">Where the owner's files are, whatever it claims.</param>
/// <param name="registry">Who shares what.</param>
/// <param name="refusals">Where refused lines are noted.</param>
/// <param name="log">Names the session in each line.</param>
internal sealed class RequestHandler(long owner, IPAddress ip, IFileRegistry registry, RefusalLog refusals, ILogger log)
{
    private const Features Offered = Features.Swarm | Features.Search | Features.Ping | Features.Resume;

    // As many lookups as are of use to have under way at once; those behind them are foreseen with what comes next.
    private const int MaxPrefetched = 32;

    private bool _greeted;
    private int _errorsInRow;

    /// <summary>Null until REGISTER; the last one counts.</summary>
    public UserName? User { get; private set; }

    /// <summary>What the last RESUME gave; whoever handles it sets it back to null.</summary>
    public SessionToken? Token { get; set; }

    /// <summary>What is still to come of the last reply; it must be composed to its end before the next line is handled.</summary>
    public PagedList? List { get; private set; }

    /// <summary>Composes the reply to one line.</summary>
    /// <returns>False where the connection is to be closed after this reply.</returns>
    public bool Handle(ReadOnlyMemory<byte> line, IBufferWriter<byte> output)
    {
        if (!_greeted)
            return Greet(line, output);
        if (WhyRefused(line, output) is not { } reason)
        {
            _errorsInRow = 0;
            return true;
        }

        Replies.WriteError(output, reason);
        Note(reason, line);
        return ++_errorsInRow < Limits.MaxConsecutiveErrors;
    }

    /// <summary>Looks ahead at lines that came together and will be handled next; changes nothing but the time that this will take.</summary>
    public void PrefetchLookups(ReadOnlySpan<byte> received)
    {
        Span<Range> names = stackalloc Range[MaxPrefetched];
        var (count, start) = (0, 0);
        while (count < names.Length && received[start..].IndexOf((byte)'\n') is >= 0 and var length)
        {
            if (received[start..].StartsWith("REQUEST "u8))
                names[count++] = (start + "REQUEST "u8.Length)..(start + length);
            start += length + 1;
        }

        if (count > 0)
            registry.Prefetch(received, names[..count]);
    }

    /// <summary>Composes the next page of <see cref="List"/>.</summary>
    public void ContinueList(IBufferWriter<byte> output)
    {
        if (List!.WriteNextPage(output))
            EndList();
    }

    /// <summary>Lets go of the list, whether it was sent to its end or not.</summary>
    public void EndList()
    {
        List?.Dispose();
        List = null;
    }

    private bool Greet(ReadOnlyMemory<byte> line, IBufferWriter<byte> output)
    {
        _greeted = line.Span.SequenceEqual(ProtoVersion.WholeLine);
        var reply = _greeted ? new VersionReply(true, Offered) : VersionReply.Fail;
        reply.WriteTo(output);
        if (!_greeted)
            Note("not this protocol", line);
        return _greeted;
    }

    // Null once a reply stands in the output, else the reason for an ERROR.
    private string? WhyRefused(ReadOnlyMemory<byte> line, IBufferWriter<byte> output)
    {
        var verb = Verbs.Split(line, out var arguments);
        switch (verb)
        {
            case Verb.Request:
                return HandleRequest(arguments, output);
            case Verb.Register:
                return Answer(verb, WhyNotRegistered(arguments), line, output);
            case Verb.Announce:
                return Answer(verb, WhyNotAnnounced(arguments), line, output);
            case Verb.Share:
                return Answer(verb, WhyNotShared(arguments), line, output);
            case Verb.Withdraw:
                return HandleWithdraw(arguments, output);
            case Verb.Locate:
                return HandleLocate(arguments, output);
            case Verb.LocateId:
                return HandleLocateId(arguments, output);
            case Verb.ListFiles:
                return ListFiles.TryParse(arguments, out _, out var refusal) ? Begin(new FileList(registry)) : refusal;
            case Verb.ListShares:
                return ListShares.TryParse(arguments, out var shares, out refusal) ? Begin(new ShareList(registry, shares.Prefix.Span)) : refusal;
            case Verb.Search:
                return Search.TryParse(arguments, out var search, out refusal) ? Begin(new SearchList(registry, NamePattern.Of(search))) : refusal;
            case Verb.Ping:
                return HandlePing(arguments, output);
            case Verb.Resume:
                return HandleResume(arguments, output);
            case Verb.ProtoVersion:
                return "version agreed already";
            default:
                return "unknown command";
        }
    }

    private string? HandleRequest(ReadOnlyMemory<byte> arguments, IBufferWriter<byte> output)
    {
        if (!Request.TryParse(arguments, out var request, out var refusal))
            return refusal;
        var found = registry.Choose(request.Name);
        FoundReply.Write(output, found);
        if (log.IsEnabled(LogEventLevel.Verbose))
            log.Verbose("asked for {Name:l}: {Owner:l}", Printable.Of(request.Name.Utf8.Span), found?.Address.ToString() ?? "not found");
        return null;
    }

    private string? WhyNotRegistered(ReadOnlyMemory<byte> arguments)
    {
        if (!Register.TryParse(arguments, out var register, out var refusal))
            return refusal;
        User = register.User;
        log.Information("registered as {User:l}", Printable.Of(register.User.Text));
        return null;
    }

    private string? WhyNotAnnounced(ReadOnlyMemory<byte> arguments)
    {
        if (User is null)
            return "register first";
        if (!Announce.TryParse(arguments, out var announce, out var refusal))
            return refusal;
        if (registry.Put(new FileEntry(owner, announce.Name, PeerAddress.Create(ip, announce.Port), null)) is { } full)
            return full;
        if (log.IsEnabled(LogEventLevel.Debug))
            log.Debug("announced {Name:l} on port {Port}", Printable.Of(announce.Name.Utf8.Span), announce.Port);
        return null;
    }

    private string? WhyNotShared(ReadOnlyMemory<byte> arguments)
    {
        if (User is null)
            return "register first";
        if (!Share.TryParse(arguments, out var share, out var refusal))
            return refusal;
        if (registry.Put(new FileEntry(owner, share.Name, PeerAddress.Create(ip, share.Port), share.Identity)) is { } full)
            return full;
        if (log.IsEnabled(LogEventLevel.Debug))
            log.Debug("shared {Name:l} ({Id:l}) on port {Port}", Printable.Of(share.Name.Utf8.Span), share.Identity.Id.Short, share.Port);
        return null;
    }

    private string? Answer(Verb verb, string? refusal, ReadOnlyMemory<byte> line, IBufferWriter<byte> output)
    {
        new StatusReply(verb, refusal).WriteTo(output);
        if (refusal is not null)
            Note(refusal, line);
        return null;
    }

    private string? HandleWithdraw(ReadOnlyMemory<byte> arguments, IBufferWriter<byte> output)
    {
        if (!Withdraw.TryParse(arguments, out var withdraw, out var refusal))
            return refusal;
        var wasThere = registry.Remove(owner, withdraw.Name);
        if (wasThere)
            new StatusReply(Verb.Withdraw, null).WriteTo(output);
        else
            Replies.Write(output, Replies.NotFound);
        if (wasThere && log.IsEnabled(LogEventLevel.Debug))
            log.Debug("withdrew {Name:l}", Printable.Of(withdraw.Name.Utf8.Span));
        return null;
    }

    private string? HandleLocate(ReadOnlyMemory<byte> arguments, IBufferWriter<byte> output)
    {
        if (!Locate.TryParse(arguments, out var locate, out var refusal))
            return refusal;
        using var found = new FileRows(Limits.MaxLocatedOwners);
        registry.Find(locate.Name, found);
        WriteOwners(found, output);
        return null;
    }

    private string? HandleLocateId(ReadOnlyMemory<byte> arguments, IBufferWriter<byte> output)
    {
        if (!LocateId.TryParse(arguments, out var locate, out var refusal))
            return refusal;
        using var found = new FileRows(Limits.MaxLocatedOwners);
        registry.Find(locate.Id, found);
        WriteOwners(found, output);
        return null;
    }

    private static string? HandlePing(ReadOnlyMemory<byte> arguments, IBufferWriter<byte> output)
    {
        if (!Ping.TryParse(arguments, out _, out var refusal))
            return refusal;
        Replies.Write(output, Replies.Pong);
        return null;
    }

    // A refused token is a secret all the same: it is not logged.
    private string? HandleResume(ReadOnlyMemory<byte> arguments, IBufferWriter<byte> output)
    {
        var parsed = Resume.TryParse(arguments, out var resume, out var refusal);
        if (parsed)
            Token = resume.Token;
        new StatusReply(Verb.Resume, refusal).WriteTo(output);
        return null;
    }

    private static void WriteOwners(FileRows found, IBufferWriter<byte> output)
    {
        for (var i = 0; i < found.Count; i++)
            new OwnerRow(found[i].Identity, found[i].Address, found[i].Name).WriteTo(output);
        Replies.Write(output, Replies.LocateEnd);
    }

    private void Note(string reason, ReadOnlyMemory<byte> line) => refusals.Write(log, reason, () => Printable.Of(line.Span));

    private string? Begin(PagedList list)
    {
        List = list;
        return null;
    }
}
