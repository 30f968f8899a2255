using System.Runtime.InteropServices;

namespace P2PShare.Networking.Security;

/// <summary>
/// Finds out whether this system can do TLS 1.3, before anything asks for it: on Linux, .NET ends the process where it finds no OpenSSL.
/// </summary>
public static class TlsSupport
{
    // The names that .NET tries, the newest first.
    private static readonly string[] OpenSslNames = ["libssl.so.3", "libssl.so.1.1"];

    /// <summary>Null where TLS 1.3 can be used; else the reason, as a clause.</summary>
    public static string? WhyMissing { get; } =
        OperatingSystem.IsMacOS() ? ".NET has no TLS 1.3 on macOS"
        : OperatingSystem.IsLinux() && !OpenSslNames.Any(IsLoadable) ? "this system has no OpenSSL (libssl), which has to be installed"
        : null;

    // It stays loaded: .NET loads it next.
    private static bool IsLoadable(string library) => NativeLibrary.TryLoad(library, out _);
}
