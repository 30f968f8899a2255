namespace P2PShare.Soak;

/// <param name="Time">How long.</param>
/// <param name="Clients">How many there are at any time.</param>
/// <param name="Seed">What each of them does follows from it.</param>
internal sealed record SoakPlan(TimeSpan Time, int Clients, int Seed);
