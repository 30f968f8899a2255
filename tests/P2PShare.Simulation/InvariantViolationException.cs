namespace P2PShare.Simulation;

/// <summary>An invariant of the simulation does not hold.</summary>
internal sealed class InvariantViolationException(string invariant) : Exception(invariant);
