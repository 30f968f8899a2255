namespace P2PShare.Client.Cli.Display;

/// <summary>How far a transfer is, in words and in figures.</summary>
internal interface ITransferProgress
{
    /// <summary>Printable, for a table; empty before the first report.</summary>
    string Text { get; }

    /// <summary>Bytes that are there; null before the first report.</summary>
    long? Bytes { get; }

    /// <summary>Bytes in all; null where that is not known.</summary>
    long? TotalBytes { get; }

    /// <summary>Bytes per second of late.</summary>
    double BytesPerSecond { get; }
}
