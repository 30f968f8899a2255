namespace P2PShare.Simulation.Cluster;

/// <summary>A message in the <see cref="ModelStream"/>.</summary>
/// <param name="Sequence">Counts the messages of the stream.</param>
/// <param name="Subject">Its subject.</param>
/// <param name="Payload">Its content.</param>
/// <param name="StoredAt">UTC ticks.</param>
internal sealed record ModelMessage(long Sequence, string Subject, byte[] Payload, long StoredAt);
