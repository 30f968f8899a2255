using P2PShare.Peer.Sharing;
using P2PShare.Protocol.Grammar.Commands;
using P2PShare.Protocol.Grammar.Replies;
using P2PShare.Protocol.Transport;

namespace P2PShare.Peer.Uploads;

/// <summary>The owner's answers to META and FOLDERS (PROTOCOL.md, section 6.5).</summary>
internal static class MetadataAnswers
{
    /// <summary>What goes with a shared file, or what this peer was told of a file that it is fetching.</summary>
    public static PeerReply Of(Meta question, SharedFiles shared)
    {
        var metadata = shared.TryFind(question.Name, out var file) && file.Identity.Id == question.Id ? file.TryReadMetadata()
            : shared.TryFindPart(question.Id, out var part) && part.Name == question.Name ? part.Metadata
            : null;
        return new PeerReply(PeerReplyKind.Meta, 0, Metadata: metadata);
    }

    /// <summary>Writes up to a megabyte, which the caller flushes before it answers another command.</summary>
    public static void Write(Folders question, SharedFiles shared, LineChannel channel)
    {
        var folders = shared.EmptyFolders.Below(question.Root);
        if (folders.Count > 0 && shared.HasFileBelow(question.Root))
        {
            foreach (var folder in folders)
                new FolderRow(folder).WriteTo(channel);
        }

        FixedReplies.Write(channel, FixedReplies.FoldersEnd);
    }
}
