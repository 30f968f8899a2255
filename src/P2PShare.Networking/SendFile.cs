using Microsoft.Win32.SafeHandles;

namespace P2PShare.Networking;

/// <summary>Sends a part of a file, in bytes; gives how many went out, which are fewer than asked for only where the file ended before.</summary>
public delegate ValueTask<long> SendFile(SafeFileHandle file, long offset, long length, CancellationToken cancellation);
