using P2PShare.Server.Members;

namespace P2PShare.Server.Tests.Members;

public sealed class MemberFileTests : IDisposable
{
    private const string Key = "0101-0101-0101-0101-0101-0101-0101-0101-0101-0101-0101-0101-0101-0101-0101-0101";
    private const string Member = $$"""{"user": "ayse", "key": "{{Key}}", "since": "2026-01-01T00:00:00+00:00"}""";

    private readonly MemberState _state = new();

    public static TheoryData<string, string> BrokenFiles => new()
    {
        { "nothing", "" },
        { "no JSON", "members\n" },
        { "null", "null" },
        { "a cut list", """{"members": [""" },
        { "another object", "{}" },
        { "no invitations", """{"members": []}""" },
        { "no list", """{"members": null, "invitations": []}""" },
        { "a null member", """{"members": [null], "invitations": []}""" },
        { "a null invitation", """{"members": [], "invitations": [null]}""" },
        { "a null name", Of(Member.Replace("\"ayse\"", "null", StringComparison.Ordinal)) },
        { "a null key", Of(Member.Replace($"\"{Key}\"", "null", StringComparison.Ordinal)) },
        { "a name that nobody can have", Of(Member.Replace("ayse", "a\\nb", StringComparison.Ordinal)) },
        { "a cut key", Of(Member.Replace(Key, Key[..^1], StringComparison.Ordinal)) },
        { "two members with one key", Of($"{Member}, {Member.Replace("ayse", "veli", StringComparison.Ordinal)}") },
        { "a null revocation", """{"members": [], "invitations": [], "revocations": [null]}""" },
        { "a null closed invitation", """{"members": [], "invitations": [], "closedInvitations": [null]}""" },
        { "two members with one name", Of($"{Member}, {Member.Replace("0101", "0202", StringComparison.Ordinal)}") },
    };

    public void Dispose() => _state.Dispose();

    [Fact]
    public void A_list_is_read_as_it_was_written()
    {
        _state.File.Read().Should().Be(MemberList.Empty, "there is no file yet");
        _state.Join("ali veli ğüş", MemberState.Key(1));
        var secret = _state.Invite("ayse");

        var read = new MemberFile(_state.FolderPath).Read();

        var now = _state.Time.GetUtcNow();
        read.Members.Should().Equal(new Member(MemberState.User("ali veli ğüş"), MemberState.Key(1), now));
        read.Invitations.Should().Equal(new Invitation(MemberState.User("ayse"), secret.Hash, now.AddDays(1)));
        File.ReadAllText(_state.FilePath).Should().NotContain(secret.Reveal(), "only its hash is kept");
    }

    [Fact]
    public void What_was_ended_is_read_as_it_was_written()
    {
        _state.Join("ayse", MemberState.Key(1));
        _state.Revoke("ayse");

        var read = new MemberFile(_state.FolderPath).Read();

        read.Revocations.Should().Equal(new Revocation(MemberState.User("ayse"), MemberState.Key(1), _state.Time.GetUtcNow()));
        read.ClosedInvitations.Should().ContainSingle().Which.Until.Should().Be(_state.Time.GetUtcNow().AddDays(1));
        MemberMerge.AreSame(read, MemberListJson.Parse(MemberListJson.FormatCompact(read))).Should().BeTrue();
    }

    [Theory]
    [MemberData(nameof(BrokenFiles))]
    public void A_broken_file_is_refused_with_its_name_and_left_as_it_is(string what, string json)
    {
        File.WriteAllText(_state.FilePath, json);
        var isAsked = false;

        _state.File.Invoking(file => file.Read()).Should().Throw<InvalidDataException>(what)
            .Which.Message.Should().Contain(_state.FilePath);
        _state.File.Invoking(file => file.TryChange(list =>
        {
            isAsked = true;
            return list;
        })).Should().Throw<InvalidDataException>(what);

        isAsked.Should().BeFalse();
        File.ReadAllText(_state.FilePath).Should().Be(json);
    }

    [Fact]
    public void The_member_of_the_broken_files_is_one_that_is_read_where_nothing_is_broken()
    {
        File.WriteAllText(_state.FilePath, Of(Member));

        _state.File.Read().Find(MemberState.Key(1))!.User.Should().Be(MemberState.User("ayse"));
    }

    [Fact]
    public void A_change_that_is_none_writes_nothing()
    {
        _state.File.TryChange(_ => null).Should().BeFalse();

        File.Exists(_state.FilePath).Should().BeFalse();
    }

    [Fact]
    public void Of_several_that_use_one_invitation_at_the_same_instant_one_joins()
    {
        for (var round = 0; round < 10; round++)
        {
            var user = $"user {round}";
            var secret = _state.Invite(user);
            var joined = new bool[4];
            using var together = new Barrier(joined.Length);
            var threads = Enumerable.Range(0, joined.Length).Select(one => new Thread(() =>
            {
                // As another program would: with a file of its own.
                var file = new MemberFile(_state.FolderPath);
                var key = MemberState.Key((byte)(1 + (round * joined.Length) + one));
                together.SignalAndWait();
                joined[one] = file.TryChange(list => list.Join(secret, MemberState.User(user), key, _state.Time.GetUtcNow()));
            })).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());

            joined.Count(one => one).Should().Be(1);
            _state.File.Read().Members.Count(member => member.User == MemberState.User(user)).Should().Be(1);
        }

        _state.File.Read().Members.Should().HaveCount(10, "no change is lost");
    }

    private static string Of(string members) => $$"""{"members": [{{members}}], "invitations": []}""";
}
