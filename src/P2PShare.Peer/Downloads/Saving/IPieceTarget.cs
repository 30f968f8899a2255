using Microsoft.Win32.SafeHandles;
using P2PShare.Protocol.Grammar;

namespace P2PShare.Peer.Downloads.Saving;

/// <summary>
/// A file that verified pieces are written to: one that gets its name when it is whole, or, for a repair, the file itself.
/// </summary>
internal interface IPieceTarget : IDisposable
{
    /// <summary>For reading what is there, and for making it durable.</summary>
    SafeFileHandle Handle { get; }

    /// <summary>It may hold verified pieces of an earlier run.</summary>
    bool IsResumed { get; }

    /// <summary>Says which pieces of an earlier run were verified, before anything is written.</summary>
    /// <param name="verified">For each piece whether it is there and right.</param>
    /// <exception cref="SaveFailedException">The file must not be written to.</exception>
    void Resume(ReadOnlySpan<bool> verified)
    {
    }

    /// <summary>Writes one verified piece. Thread-safe.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    void Write(int index, ReadOnlySpan<byte> piece);

    /// <summary>Gives the whole and durable file the first of <paramref name="candidates"/> that is free, and returns that path.</summary>
    /// <param name="candidates">Full paths.</param>
    /// <param name="metadata">What the file is given before its name; null where nothing is known.</param>
    /// <exception cref="IOException">No candidate is free, or the file cannot be renamed.</exception>
    string Finish(IEnumerable<string> candidates, FileMetadata? metadata = null);
}
