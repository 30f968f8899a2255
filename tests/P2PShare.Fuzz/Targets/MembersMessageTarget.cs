using System.Text;
using P2PShare.Networking.Security.Identities;
using P2PShare.Protocol.Identity;
using P2PShare.Server.Members;

namespace P2PShare.Fuzz.Targets;

/// <summary>
/// Mutated member lists of a private cluster: without the key no other list is accepted, and every list that is accepted can be united
/// with a server's own and exchanged again.
/// </summary>
internal sealed class MembersMessageTarget : IFuzzTarget, IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly ProgramKey _key = ProgramKey.Create();

    public string Name => "member lists of a cluster";

    public Task RunCaseAsync(Mutator mutator)
    {
        var list = ListOf(mutator.Random);
        var message = SharedMembersMessage.Format(list, _key);
        var mutated = mutator.ChangeBytes(message);
        if (TryRead(() => SharedMembersMessage.Parse(mutated, _key)) is not null)
            mutated.MustSatisfy(bytes => bytes.AsSpan().SequenceEqual(message), "only what was signed is accepted");

        // Of a server that has the key: another version of this program, or one whose operator has changed its file.
        var json = mutator.Change(MemberListJson.Format(list));
        if (TryRead(() => MemberListJson.Parse(json)) is { } read)
            CheckAccepted(MemberMerge.Of(read, list, Now));
        return Task.CompletedTask;
    }

    public void Dispose() => _key.Dispose();

    private void CheckAccepted(MemberList list)
    {
        var again = TryRead(() => SharedMembersMessage.Parse(SharedMembersMessage.Format(list, _key), _key));
        again.MustSatisfy(read => read is not null && MemberMerge.AreSame(list, read), "an accepted list is exchanged as it is");
    }

    private static MemberList? TryRead(Func<MemberList> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static MemberList ListOf(Random random) => new(
        [.. Enumerable.Range(0, random.Next(4)).Select(i => new Member(User(i), Key(random), Time(random)))],
        [.. Enumerable.Range(0, random.Next(3)).Select(i => new Invitation(User(i + 4), Hash(random), Time(random)))])
    {
        Revocations = [.. Enumerable.Range(0, random.Next(3)).Select(i => new Revocation(User(i + 2), Key(random), Time(random)))],
        ClosedInvitations = [.. Enumerable.Range(0, random.Next(3)).Select(_ => new ClosedInvitation(Hash(random), Time(random)))],
    };

    private static UserName User(int number) =>
        UserName.TryParse(Encoding.UTF8.GetBytes($"user {number}"), out var user, out _) ? user : throw new InvalidOperationException();

    private static KeyFingerprint Key(Random random) => KeyFingerprint.OfHash(Bytes(random));

    private static string Hash(Random random) => Convert.ToHexStringLower(Bytes(random));

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[32];
        random.NextBytes(bytes);
        return bytes;
    }

    private static DateTimeOffset Time(Random random) => Now.AddSeconds(random.Next(-100_000, 100_000));
}
