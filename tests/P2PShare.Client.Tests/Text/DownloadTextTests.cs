using System.Net;
using P2PShare.Client.Text;
using P2PShare.Peer.Downloads.Reporting;
using P2PShare.Protocol.Identity;

namespace P2PShare.Client.Tests.Text;

/// <summary>The sentence for each outcome and event of a download. Users and their scripts read them.</summary>
public sealed class DownloadTextTests
{
    private const long MiB = 1024 * 1024;

    private static readonly FileName Name = NameOf("a\u00ad.pdf");
    private static readonly FileIdentity Identity = IdentityOf(3 * MiB);
    private static readonly PeerAddress Owner = PeerAddress.Create(IPAddress.Parse("192.0.2.1"), 9001);
    private static readonly TimeSpan Elapsed = TimeSpan.FromSeconds(2);
    private static readonly TransferSummary Honest = new(2 * MiB, FoundBytes: 0, Owners: 1, []);
    private static readonly TransferSummary WithRejected =
        new(2 * MiB, FoundBytes: 0, Owners: 2, [Owner, PeerAddress.Create(IPAddress.Loopback, 9002)]);

    public static TheoryData<object, string> Outcomes() => new()
    {
        {
            new DownloadOutcome.Saved(Name, Identity, "/d/a.pdf", IsRenamed: false, IsUpdate: false, IsShared: false, Elapsed, Honest),
            "Saved /d/a.pdf: 3 MiB, every byte verified, 2 MiB fetched in 2.0 s from 1 owner."
        },
        {
            new DownloadOutcome.Saved(Name, Identity, "/d/a.pdf", IsRenamed: false, IsUpdate: false, IsShared: true, Elapsed, Honest),
            "Saved /d/a.pdf: 3 MiB, every byte verified, 2 MiB fetched in 2.0 s from 1 owner. "
            + "It is shared now; WITHDRAW a\\u{ad}.pdf ends that."
        },
        {
            new DownloadOutcome.Saved(
                Name,
                Identity,
                "/d/a.pdf",
                IsRenamed: false,
                IsUpdate: true,
                IsShared: false,
                Elapsed,
                Honest with { FoundBytes = MiB }),
            "Updated /d/a.pdf: 3 MiB, every byte verified, 2 MiB fetched in 2.0 s from 1 owner. 1 MiB were here already."
        },
        {
            new DownloadOutcome.Superseded(Name, Identity, IdentityOf(4 * MiB)),
            $"a\\u{{ad}}.pdf has changed at its owner: what was fetched is of #{Identity.Id.Short}, and the name stands for "
            + $"#{IdentityOf(4 * MiB).Id.Short} now. REQUEST it again for that; what is the same is not fetched again."
        },
        {
            new DownloadOutcome.Saved(
                Name, Identity, "/d/a (1).pdf", IsRenamed: true, IsUpdate: false, IsShared: false, Elapsed, WithRejected),
            "Saved /d/a (1).pdf (the name was taken by another file): 3 MiB, every byte verified, 2 MiB fetched in 2.0 s from 2 owners. "
            + "Left out for wrong answers: 192.0.2.1:9001, 127.0.0.1:9002."
        },
        {
            new DownloadOutcome.SavedUnverified(Name, "/d/a.pdf", IsRenamed: false, MiB, Owner, IsServerPlain: false),
            "Saved /d/a.pdf: 1 MiB from 192.0.2.1:9001. This copy could not be verified: its owner speaks only protocol 1.0."
        },
        {
            new DownloadOutcome.SavedUnverified(Name, "/d/a (1).pdf", IsRenamed: true, Bytes: 0, Owner, IsServerPlain: true),
            "Saved /d/a (1).pdf (the name was taken by another file): 0 B from 192.0.2.1:9001. This copy could not be verified: the server "
            + "speaks only protocol 1.0. The owner sent nothing: the file is empty, or no longer shared."
        },
        {
            new DownloadOutcome.AlreadyThere(Name, Identity, "/d/a.pdf"),
            "/d/a.pdf is already there, with the same content."
        },
        {
            new DownloadOutcome.FolderFetched(
                NameOf("photos"), "/d/photos", new FolderCounts(39, 0, 0, 0, 0), IsShared: true, Elapsed, Honest),
            "photos/ 39 files saved in /d/photos, every byte verified: 2 MiB in 2.0 s from 1 owner. They are shared now; SHARED lists them."
        },
        {
            new DownloadOutcome.FolderFetched(
                NameOf("photos"), "/d/photos", new FolderCounts(1, 2, 3, 4, 1), IsShared: false, Elapsed, WithRejected),
            "photos/ 1 file saved in /d/photos, every byte verified: 2 MiB in 2.0 s from 2 owners. 2 files already there, with the same "
            + "content. 1 file of owners that speak only protocol 1.0 left out; REQUEST them by name. 4 files could not be saved. "
            + "3 files missing: no owner gives it any more. REQUEST the folder again to go on. "
            + "Left out for wrong answers: 192.0.2.1:9001, 127.0.0.1:9002."
        },
        {
            new DownloadOutcome.Incomplete(Name, Identity, WithRejected),
            "a\\u{ad}.pdf is not complete: no owner gives it any more. What is verified is kept; REQUEST it again to go on. "
            + "Left out for wrong answers: 192.0.2.1:9001, 127.0.0.1:9002."
        },
        {
            new DownloadOutcome.NotShared(Name, ExceptHere: true),
            "Nobody else shares a\\u{ad}.pdf. "
            + "LIST_FILES lists what is shared; a folder is fetched with REQUEST a\\u{ad}.pdf/"
        },
        {
            new DownloadOutcome.NotShared(Name, ExceptHere: false),
            "Nobody shares a\\u{ad}.pdf. LIST_FILES lists what is shared; "
            + "a folder is fetched with REQUEST a\\u{ad}.pdf/"
        },
        {
            new DownloadOutcome.FolderNotShared(NameOf("photos")),
            "Nobody else shares a file under photos/; "
            + "LIST_FILES lists what is shared."
        },
        {
            new DownloadOutcome.ContentNotShared(Name, "cafe"),
            "Nobody shares a\\u{ad}.pdf with an id that begins with cafe; "
            + "LIST_FILES shows the ids."
        },
        {
            new DownloadOutcome.PlainFetchFailed(Name, Owner, "it sent nothing for 60 s"),
            "a\\u{ad}.pdf could not be fetched: 192.0.2.1:9001: it sent nothing for 60 s. REQUEST it again; another owner may answer."
        },
        {
            new DownloadOutcome.Obstructed(Name, "/d/\u001b"),
            "a\\u{ad}.pdf cannot be saved: /d/\\u{1b} is in the way. "
            + "Move that, or fetch with REQUEST ... AS <path>."
        },
        {
            new DownloadOutcome.SaveFailed(Name, "No space left on device : '/d/\u001b'."),
            "It cannot be saved: No space left on device : '/d/\\u{1b}'. What is verified is kept; REQUEST it again to go on."
        },
        { new DownloadOutcome.Intact(Name, Identity), "a\\u{ad}.pdf is right; nothing was wrong." },
        {
            new DownloadOutcome.Repaired(Name, Identity, KeptPath: null, Transfer: TransferSummary.None),
            "a\\u{ad}.pdf is right; nothing had to be fetched."
        },
        {
            new DownloadOutcome.Repaired(Name, Identity, "/d/a (before REPAIR).pdf", WithRejected),
            "a\\u{ad}.pdf is repaired: 2 MiB fetched. What it was is kept as /d/a (before REPAIR).pdf. "
            + "Left out for wrong answers: 192.0.2.1:9001, 127.0.0.1:9002."
        },
        {
            new DownloadOutcome.NotRepaired(Name, Identity, Honest),
            "a\\u{ad}.pdf is not repaired: no owner gives it any more. "
            + "REPAIR it again when somebody shares it."
        },
        {
            new DownloadOutcome.DifferentFile(Name, "/d/a.pdf"),
            "It cannot be saved: not a piece of it is right, so it is another file; give that one another name and REQUEST this one."
        },
        { new DownloadOutcome.NothingToRepair(Name, "/d"), "There is no file a\\u{ad}.pdf in /d; REQUEST fetches it." },
        {
            new DownloadOutcome.ContentUnknown(Name),
            "Nobody says what a\\u{ad}.pdf should be, so that it cannot be checked. "
            + "REPAIR it again when somebody shares it."
        },
        { new DownloadOutcome.FoldersUnsupported(Name), "This server does not know folders; REQUEST their files one by one." },
        {
            new DownloadOutcome.RepairUnsupported(Name),
            "This server does not know what files should be; nothing can be checked. "
            + "REQUEST ... AS fetches another copy."
        },
    };

    public static TheoryData<object, string> Events() => new()
    {
        {
            new DownloadEvent.OtherContents(Name, Identity, 1),
            "a\\u{ad}.pdf has 1 other content; this is #ab000000, which most owners have."
        },
        {
            new DownloadEvent.OtherContents(Name, Identity, 2),
            "a\\u{ad}.pdf has 2 other contents; this is #ab000000, which most owners have."
        },
        { new DownloadEvent.NameChanged(NameOf("d/a:b"), "/d/a_b", IsInFolder: false), "Saved as a_b: this system cannot hold the name." },
        {
            new DownloadEvent.NameChanged(NameOf("d/a:b"), "/d/a_b", IsInFolder: true),
            "d/a:b is saved as a_b: this system cannot hold the name."
        },
        {
            new DownloadEvent.Obstructed(Name, "/d/link"),
            "a\\u{ad}.pdf cannot be saved: /d/link is in the way. "
            + "Move that, or fetch with REQUEST ... AS <path>."
        },
        { new DownloadEvent.AllOwnersBusy(), "Every owner is busy with others; waiting for a turn." },
        {
            new DownloadEvent.WaitingForOwner(TimeSpan.FromSeconds(20)),
            "No owner gives it at the moment; waiting up to 20 s for one."
        },
        {
            new DownloadEvent.ContentChanged(Name, TimeSpan.FromSeconds(20)),
            "a\\u{ad}.pdf has changed at its owner; waiting up to 20 s for what it is now."
        },
        {
            new DownloadEvent.ContentReplaced(Name, Identity, IdentityOf(4 * MiB)),
            $"a\\u{{ad}}.pdf has changed: #{IdentityOf(4 * MiB).Id.Short} is fetched now instead of #{Identity.Id.Short}."
        },
        { new DownloadEvent.OwnerRejected(Owner, "it sent wrong bytes"), "Owner 192.0.2.1:9001 is left out: it sent wrong bytes." },
    };

    [Theory]
    [MemberData(nameof(Outcomes))]
    public void Each_outcome_has_its_sentence(object outcome, string sentence) =>
        DownloadText.Of((DownloadOutcome)outcome).Should().Be(sentence);

    [Theory]
    [MemberData(nameof(Events))]
    public void Each_event_has_its_sentence(object happened, string sentence) =>
        DownloadText.Of((DownloadEvent)happened).Should().Be(sentence);

    [Fact]
    public void No_outcome_and_no_event_is_without_a_sentence()
    {
        Kinds(Outcomes()).Should().BeEquivalentTo(typeof(DownloadOutcome).GetNestedTypes());
        Kinds(Events()).Should().BeEquivalentTo(typeof(DownloadEvent).GetNestedTypes());
    }

    private static IEnumerable<Type> Kinds(IEnumerable<object[]> rows) => rows.Select(row => row[0].GetType()).Distinct();

    private static FileName NameOf(string text)
    {
        FileName.TryParse(text, out var name, out var refusal).Should().BeTrue(refusal);
        return name;
    }

    private static FileIdentity IdentityOf(long size)
    {
        var id = new byte[32];
        id[0] = 0xab;
        FileIdentity.TryCreate(new FileId(id), size, out var identity).Should().BeTrue();
        return identity;
    }
}
