namespace P2PShare.Simulation;

/// <summary>Something that must hold at every step did not.</summary>
internal sealed class BrokenRuleException(string rule) : Exception(rule);
