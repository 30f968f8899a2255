namespace P2PShare.Server.Output;

/// <summary>The server cannot start.</summary>
/// <param name="failure">Why.</param>
internal sealed class ServerFailureException(ServerFailure failure) : Exception(failure.Message)
{
    public ServerFailure Failure { get; } = failure;
}
