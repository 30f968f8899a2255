namespace P2PShare.Peer.Downloads.Saving;

/// <summary>What was fetched cannot be saved: no room, no permission, a name too long. Ends the download.</summary>
/// <param name="message">The system's message.</param>
/// <param name="cause">The system's exception, where there is one.</param>
internal class SaveFailedException(string message, Exception? cause = null) : Exception(message, cause);
