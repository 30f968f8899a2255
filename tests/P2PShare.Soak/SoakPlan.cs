namespace P2PShare.Soak;

/// <summary>The parameters of a soak run.</summary>
/// <param name="Time">Its duration.</param>
/// <param name="Clients">The number of participants at a time.</param>
/// <param name="Seed">The seed of their random choices.</param>
internal sealed record SoakPlan(TimeSpan Time, int Clients, int Seed);
