namespace P2PShare.Server.Output;

/// <summary>The codes of a <see cref="ServerFailure"/>. They never change; JSON.md lists them.</summary>
internal static class FailureCodes
{
    public const string PortTaken = "port-taken";
    public const string PortForbidden = "port-forbidden";
    public const string AddressNotLocal = "address-not-local";
    public const string HostUnknown = "host-unknown";
    public const string CannotListen = "cannot-listen";
    public const string KeyFailed = "key-failed";
    public const string MembersFailed = "members-failed";
    public const string LogFailed = "log-failed";
    public const string ClusterFailed = "cluster-failed";
    public const string Internal = "internal";
}
