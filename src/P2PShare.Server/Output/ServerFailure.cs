namespace P2PShare.Server.Output;

/// <summary>Why the program ended, or did not start.</summary>
/// <param name="ExitCode">The exit code of the program.</param>
/// <param name="Code">One of <see cref="FailureCodes"/>.</param>
/// <param name="Message">One line: what happened, and what to do.</param>
internal sealed record ServerFailure(int ExitCode, string Code, string Message);
