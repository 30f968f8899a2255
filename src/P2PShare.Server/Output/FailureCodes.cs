namespace P2PShare.Server.Output;

/// <summary>The codes of a <see cref="ServerFailure"/>. They never change; JSON.md lists them.</summary>
internal static class FailureCodes
{
    public const string PortTaken = "port_taken";
    public const string PortForbidden = "port_forbidden";
    public const string AddressNotLocal = "address_not_local";
    public const string HostUnknown = "host_unknown";
    public const string CannotListen = "cannot_listen";
    public const string LogNotWritable = "log_not_writable";
    public const string InternalError = "internal_error";
}
