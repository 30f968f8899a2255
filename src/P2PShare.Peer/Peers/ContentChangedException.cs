namespace P2PShare.Peer.Peers;

/// <summary>The owner's file has changed since it was announced, so the content that was asked for is gone there.</summary>
internal sealed class ContentChangedException() : IOException("its file has changed since it was announced");
