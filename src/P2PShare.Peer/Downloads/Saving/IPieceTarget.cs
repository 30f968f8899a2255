using Microsoft.Win32.SafeHandles;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>Where verified pieces are written: a partial file, or, for a repair, the file itself.</summary>
internal interface IPieceTarget : IDisposable
{
    /// <summary>To be read, and to be made durable.</summary>
    SafeFileHandle Handle { get; }

    /// <summary>It may hold right pieces already.</summary>
    bool IsResumed { get; }

    /// <summary>Says which pieces a former run left right, before anything is written.</summary>
    /// <exception cref="IOException">The file had better not be written to; the message is fit for the user.</exception>
    void Resume(ReadOnlySpan<bool> there)
    {
    }

    /// <summary>Writes one verified piece. Safe from several threads.</summary>
    void Write(int index, ReadOnlySpan<byte> piece);

    /// <summary>Every piece is there and durable: gives the file the first of <paramref name="goals"/> that is free, and says which.</summary>
    string Finish(IEnumerable<string> goals);
}
