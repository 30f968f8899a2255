using P2PShare.Peer.Downloads.Buffers;
using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Peer.Peers;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>The piece that one owner is sending now: its buffer, and how much of it has arrived.</summary>
internal sealed class ArrivingPiece(DownloadState state)
{
    private PieceBuffer _buffer;
    private int _length;
    private int _arrived;

    public bool IsWhole => _arrived == _length;

    /// <summary>The part of the buffer that the bytes still to come belong in.</summary>
    public Memory<byte> Rest => _buffer.Memory[_arrived.._length];

    /// <param name="piece">The piece that was requested.</param>
    /// <param name="length">The length in the owner's reply.</param>
    /// <exception cref="PeerViolationException">The length is not the piece's.</exception>
    public void Begin(PieceRef piece, int length)
    {
        var identity = state.Files[piece.File].Identity;
        if (length != identity.PieceLength(piece.Piece))
            throw new PeerViolationException("it sent another length than was asked for");
        var isSmallFile = length <= PieceBuffers.MaxSmallBytes && identity.PieceCount == 1;
        _buffer = isSmallFile ? PieceBuffer.RentSmall(length) : state.Buffers.Rent();
        (_length, _arrived) = (length, 0);
    }

    /// <summary>Counts bytes that were received into <see cref="Rest"/>.</summary>
    /// <exception cref="PeerEndedException">The count is 0: the owner closed the connection.</exception>
    public void Add(int count)
    {
        if (count == 0)
            throw new PeerEndedException();
        _arrived += count;
        state.CountArriving(count);
    }

    /// <summary>Hands over the buffer of a whole piece; the caller returns it.</summary>
    public PieceBuffer TakeBuffer()
    {
        var buffer = _buffer;
        (_buffer, _length, _arrived) = (default, 0, 0);
        return buffer;
    }

    /// <summary>Returns the buffer, if there is one: the rest of the piece will not come.</summary>
    public void Drop()
    {
        if (_buffer.IsNone)
            return;
        state.CountArriving(-_arrived);
        TakeBuffer().Return();
    }
}
