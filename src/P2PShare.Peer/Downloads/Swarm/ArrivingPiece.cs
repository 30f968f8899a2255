using P2PShare.Peer.Downloads.Scheduling;
using P2PShare.Peer.Peers;

namespace P2PShare.Peer.Downloads.Swarm;

/// <summary>The piece that one owner is sending: the room for it, and how much of it has come. One after the other.</summary>
internal sealed class ArrivingPiece(DownloadState state)
{
    private Memory<byte> _buffer;
    private int _length;
    private int _arrived;

    public bool IsWhole => _arrived == _length;

    /// <summary>Where what has not come yet belongs.</summary>
    public Memory<byte> Rest => _buffer[_arrived.._length];

    /// <exception cref="PeerViolationException">The answer's length is not the piece's.</exception>
    public void Begin(PieceRef piece, int length)
    {
        var identity = state.Files[piece.File].Identity;
        if (length != identity.PieceLength(piece.Piece))
            throw new PeerViolationException("it sent another length than was asked for");
        _buffer = length <= PieceBuffers.SmallBytes && identity.PieceCount == 1 ? PieceBuffers.RentSmall(length) : state.Buffers.Rent();
        (_length, _arrived) = (length, 0);
    }

    /// <summary>So many bytes have come, and stand in their place.</summary>
    /// <exception cref="PeerEndedException">There are none, and so there never will be.</exception>
    public void Add(int count)
    {
        if (count == 0)
            throw new PeerEndedException();
        _arrived += count;
        state.CountArriving(count);
    }

    /// <summary>Hands the buffer of a whole piece over.</summary>
    public Memory<byte> TakeBuffer()
    {
        var buffer = _buffer;
        (_buffer, _length, _arrived) = (default, 0, 0);
        return buffer;
    }

    /// <summary>The rest will not come: gives the buffer back, where there is one.</summary>
    public void Drop()
    {
        if (_buffer.IsEmpty)
            return;
        state.CountArriving(-_arrived);
        state.Buffers.Return(TakeBuffer());
    }
}
