using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using P2PShare.Protocol;
using P2PShare.Protocol.Grammar;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Identity;
using P2PShare.Protocol.Text;
using P2PShare.Server.Guards;
using P2PShare.Server.Lists;
using P2PShare.Server.Members;
using P2PShare.Server.Metrics;
using P2PShare.Server.Output;
using P2PShare.Server.Presence;
using P2PShare.Server.Registry;
using Serilog;
using Serilog.Events;

namespace P2PShare.Server;

/// <summary>
/// Executes the commands of one session (PROTOCOL.md, sections 4 and 5): takes a line, changes the registry, composes the reply. It
/// reads and writes no stream. A list that may be long is only begun here, and is left in <see cref="List"/>. The commands about parts
/// are those of the <see cref="PartRequestHandler"/>, those with short lists of the <see cref="LookupRequestHandler"/>.
/// </summary>
/// <param name="owner">The session's number: it owns what is announced here.</param>
/// <param name="presence">
/// What WHOIS shows of this session, with the address of the connection, which is the owner's address whatever the client claims.
/// </param>
/// <param name="registry">Who shares what.</param>
/// <param name="refusals">Where refused lines are logged.</param>
/// <param name="log">Adds the session to each event.</param>
/// <param name="servers">The other servers; null where this server is in no cluster.</param>
internal sealed class RequestHandler(
    long owner, SessionPresence presence, IFileRegistry registry, RefusalLog refusals, ILogger log, IServerList? servers = null)
{
    private const Features Offered =
        Features.Swarm | Features.Search | Features.Ping | Features.Resume | Features.Parts | Features.Whois;

    // As many lookups as profit from being prefetched together. Those behind them are prefetched with what is received next.
    private const int MaxPrefetched = 32;

    private readonly PartRequestHandler _parts = new(owner, presence, registry, log);
    private readonly LookupRequestHandler _lookups = new(presence, registry, servers);
    private bool _greeted;
    private int _errorsInRow;

    /// <summary>The features that this server names beside those that every server has.</summary>
    public Features OptionalFeatures { get; init; }

    /// <summary>Executes what only members ask; null where the server is not private.</summary>
    public MemberRequestHandler? Members { get; init; }

    /// <summary>Null until REGISTER; then the name of the last one.</summary>
    public UserName? User { get; private set; }

    /// <summary>What WHOIS shows of this session.</summary>
    public SessionPresence Presence => presence;

    /// <summary>The token of a RESUME that the session has not handled yet. The session sets it back to null.</summary>
    public SessionToken? ResumeToken { get; set; }

    /// <summary>The rest of the last reply, or null. It must be composed to its end before the next line is handled.</summary>
    public PagedList? List { get; private set; }

    /// <summary>The verb of the last line.</summary>
    public Verb LastVerb { get; private set; }

    /// <summary>What became of the last line.</summary>
    public Outcome LastOutcome { get; private set; }

    /// <summary>Executes one line and composes its reply.</summary>
    /// <returns>False where the connection must be closed after this reply.</returns>
    public bool Handle(ReadOnlyMemory<byte> line, IBufferWriter<byte> output)
    {
        if (!_greeted)
            return Greet(line, output);
        LastOutcome = Outcome.Ok;
        if (TryExecute(line, output, out var error))
        {
            _errorsInRow = 0;
            return true;
        }

        LastOutcome = Outcome.Refused;
        FixedReplies.WriteError(output, error);
        LogRefusal(error, line);
        _errorsInRow++;
        return _errorsInRow < Limits.MaxConsecutiveErrors;
    }

    /// <summary>Prefetches for the REQUESTs among these lines, which will be handled next. Changes no reply.</summary>
    public void PrefetchLookups(ReadOnlySpan<byte> received)
    {
        Span<Range> names = stackalloc Range[MaxPrefetched];
        var (count, start) = (0, 0);
        while (count < names.Length)
        {
            var length = received[start..].IndexOf((byte)'\n');
            if (length < 0)
                break;
            if (Verbs.Recognize(received.Slice(start, length), out var arguments) == Verb.Request)
                names[count++] = (start + arguments)..(start + length);
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

    /// <summary>Releases the list, whether it was sent to its end or not.</summary>
    public void EndList()
    {
        List?.Dispose();
        List = null;
    }

    private bool Greet(ReadOnlyMemory<byte> line, IBufferWriter<byte> output)
    {
        _greeted = line.Span.SequenceEqual(ProtoVersion.WholeLine);
        (LastVerb, LastOutcome) = (Verb.ProtoVersion, _greeted ? Outcome.Ok : Outcome.Refused);
        var reply = _greeted ? new VersionReply(true, Offered | OptionalFeatures) : VersionReply.Fail;
        reply.WriteTo(output);
        if (!_greeted)
            LogRefusal("not this protocol", line);
        return _greeted;
    }

    // True where the reply was composed or a list was begun; else the reason for an ERROR.
    private bool TryExecute(ReadOnlyMemory<byte> line, IBufferWriter<byte> output, [NotNullWhen(false)] out string? error)
    {
        var verb = Verbs.Split(line, out var arguments);
        LastVerb = verb;
        switch (verb)
        {
            case Verb.Request:
                return TryRequest(arguments, output, out error);
            case Verb.Register or Verb.Announce or Verb.Share or Verb.SharePart or Verb.Resume:
                ExecuteWithStatus(verb, arguments, line, output);
                error = null;
                return true;
            case Verb.Withdraw:
                return TryWithdraw(arguments, output, out error);
            case Verb.Locate or Verb.LocateId or Verb.Whois:
            case Verb.Servers when servers is not null:
                var isLookup = _lookups.TryExecute(verb, arguments, output, out var isFound, out error);
                NoteFound(isFound);
                return isLookup;
            case Verb.LocatePeers:
                return _parts.TryLocate(arguments, output, out error);
            case Verb.WithdrawPart:
                var isPart = _parts.TryWithdraw(arguments, output, out var removed, out error);
                NoteFound(removed);
                return isPart;
            case Verb.ListFiles:
                return TryListFiles(arguments, out error);
            case Verb.ListShares:
                return TryListShares(arguments, out error);
            case Verb.Search:
                return TrySearch(arguments, out error);
            case Verb.Certify when Members is not null:
                return Members.TryCertify(arguments, output, out error);
            case Verb.Ping:
                return TryPing(arguments, output, out error);
            case Verb.ProtoVersion:
                error = "version agreed already";
                return false;
            default:
                error = "unknown command";
                return false;
        }
    }

    // The commands that are refused with a reply of their own (VERB_FAIL reason) instead of an ERROR.
    private void ExecuteWithStatus(Verb verb, ReadOnlyMemory<byte> arguments, ReadOnlyMemory<byte> line, IBufferWriter<byte> output)
    {
        string? refusal;
        var done = verb switch
        {
            Verb.Register => TryRegister(arguments, out refusal),
            Verb.Announce => TryAnnounce(arguments, out refusal),
            Verb.Share => TryShare(arguments, out refusal),
            Verb.SharePart => (refusal = WhyNoFilesYet()) is null && _parts.TryShare(arguments, out refusal),
            _ => TryResume(arguments, out refusal),
        };
        new StatusReply(verb, refusal).WriteTo(output);

        if (done)
            return;
        LastOutcome = Outcome.Refused;

        // A refused token may still be a secret: it is not logged.
        if (verb == Verb.Resume)
            refusals.Count(refusal!);
        else
            LogRefusal(refusal!, line);
    }

    private bool TryRequest(ReadOnlyMemory<byte> arguments, IBufferWriter<byte> output, [NotNullWhen(false)] out string? error)
    {
        if (!Request.TryParse(arguments, out var request, out error))
            return false;
        var found = registry.Choose(request.Name);
        FoundReply.Write(output, found);
        NoteFound(found is not null);
        if (log.IsEnabled(LogEventLevel.Verbose))
            log.Verbose("asked for {Name:l}: {Owner:l}", Printable.Of(request.Name.Utf8.Span), found?.Address.ToString() ?? "not found");
        return true;
    }

    private bool TryRegister(ReadOnlyMemory<byte> arguments, [NotNullWhen(false)] out string? refusal)
    {
        if (!Register.TryParse(arguments, out var register, out refusal)
            || (refusal = Members?.WhyNotNamed(register.User)) is not null)
            return false;
        User = register.User;
        presence.Rename(register.User);
        log.Information(ServerEvents.Registered, Printable.Of(register.User.Text));
        return true;
    }

    private bool TryAnnounce(ReadOnlyMemory<byte> arguments, [NotNullWhen(false)] out string? refusal)
    {
        refusal = WhyNoFilesYet();
        if (refusal is not null
            || !Announce.TryParse(arguments, out var announce, out refusal)
            || !TryPut(announce.Name, announce.Port, null, out refusal))
            return false;
        if (log.IsEnabled(LogEventLevel.Debug))
            log.Debug("announced {Name:l} on port {Port}", Printable.Of(announce.Name.Utf8.Span), announce.Port);
        return true;
    }

    private bool TryShare(ReadOnlyMemory<byte> arguments, [NotNullWhen(false)] out string? refusal)
    {
        refusal = WhyNoFilesYet();
        if (refusal is not null
            || !Share.TryParse(arguments, out var share, out refusal)
            || !TryPut(share.Name, share.Port, share.Identity, out refusal))
            return false;
        if (log.IsEnabled(LogEventLevel.Debug))
            log.Debug("shared {Name:l} ({Id:l}) on port {Port}", Printable.Of(share.Name.Utf8.Span), share.Identity.Id.Short, share.Port);
        return true;
    }

    private string? WhyNoFilesYet() => User is null ? "register first" : null;

    private bool TryPut(FileName name, int port, FileIdentity? identity, [NotNullWhen(false)] out string? refusal)
    {
        refusal = registry.Put(new FileEntry(owner, name, PeerAddress.Create(presence.Ip, port), identity)).Refusal();
        if (refusal is null)
            presence.Announced(port);
        return refusal is null;
    }

    private bool TryResume(ReadOnlyMemory<byte> arguments, [NotNullWhen(false)] out string? refusal)
    {
        if (!Resume.TryParse(arguments, out var resume, out refusal))
            return false;
        ResumeToken = resume.Token;
        return true;
    }

    private bool TryWithdraw(ReadOnlyMemory<byte> arguments, IBufferWriter<byte> output, [NotNullWhen(false)] out string? error)
    {
        if (!Withdraw.TryParse(arguments, out var withdraw, out error))
            return false;
        var removed = registry.Remove(owner, withdraw.Name);
        NoteFound(removed);
        if (removed)
            new StatusReply(Verb.Withdraw, null).WriteTo(output);
        else
            FixedReplies.Write(output, FixedReplies.NotFound);
        if (removed && log.IsEnabled(LogEventLevel.Debug))
            log.Debug("withdrew {Name:l}", Printable.Of(withdraw.Name.Utf8.Span));
        return true;
    }

    private bool TryListFiles(ReadOnlyMemory<byte> arguments, [NotNullWhen(false)] out string? error)
    {
        var parsed = ListFiles.TryParse(arguments, out _, out error);
        List = parsed ? new FileList(registry) : null;
        return parsed;
    }

    private bool TryListShares(ReadOnlyMemory<byte> arguments, [NotNullWhen(false)] out string? error)
    {
        var parsed = ListShares.TryParse(arguments, out var shares, out error);
        List = parsed ? new ShareList(registry, shares.Prefix.Span) : null;
        return parsed;
    }

    private bool TrySearch(ReadOnlyMemory<byte> arguments, [NotNullWhen(false)] out string? error)
    {
        var parsed = Search.TryParse(arguments, out var search, out error);
        List = parsed ? new SearchList(registry, NamePattern.Of(search)) : null;
        return parsed;
    }

    private static bool TryPing(ReadOnlyMemory<byte> arguments, IBufferWriter<byte> output, [NotNullWhen(false)] out string? error)
    {
        if (!Ping.TryParse(arguments, out _, out error))
            return false;
        FixedReplies.Write(output, FixedReplies.Pong);
        return true;
    }

    private void NoteFound(bool isFound)
    {
        if (!isFound)
            LastOutcome = Outcome.NotFound;
    }

    private void LogRefusal(string reason, ReadOnlyMemory<byte> line) => refusals.Write(log, reason, () => Printable.Of(line.Span));
}
