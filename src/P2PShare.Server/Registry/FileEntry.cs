using P2PShare.Protocol.Identity;

namespace P2PShare.Server.Registry;

/// <summary>One owner's announcement of one file.</summary>
/// <param name="Owner">The session that announced it. An owner has at most one entry of each name.</param>
/// <param name="Name">What the file is called.</param>
/// <param name="Address">Where the owner serves it.</param>
/// <param name="Identity">What the content is; null where a plain 1.0 client did not say.</param>
internal readonly record struct FileEntry(long Owner, FileName Name, PeerAddress Address, FileIdentity? Identity);
