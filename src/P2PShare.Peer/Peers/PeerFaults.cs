namespace P2PShare.Peer.Peers;

/// <summary>An owner violated the protocol. It is not asked again in this download.</summary>
internal sealed class PeerViolationException(string what) : IOException(what);

/// <summary>An owner sent nothing for 10 s.</summary>
internal sealed class PeerStalledException() : IOException("it sent nothing for 10 s");

/// <summary>An owner closed the connection before it had answered every command.</summary>
internal sealed class PeerEndedException() : IOException("it closed the connection");

/// <summary>A peer does not offer SWARM: it speaks only version 1.0.</summary>
internal sealed class PlainPeerException() : IOException("it speaks only protocol 1.0");

/// <summary>A piece that an owner sent failed verification; it is not asked again in this download.</summary>
internal sealed class WrongPieceException() : Exception("it sent wrong bytes");
