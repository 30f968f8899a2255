namespace P2PShare.Fuzz;

/// <summary>Code that reads untrusted input.</summary>
internal interface IFuzzTarget
{
    string Name { get; }

    /// <summary>Runs one case. Any exception is a failure, of the code under test or of a check of the target.</summary>
    Task RunCaseAsync(Mutator mutator);
}
