using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace P2PShare.Networking.Linux;

/// <summary>
/// Keeps .NET from reading the issuers that the system trusts, which only a server in a cluster does: parsing them took 55 ms of each
/// start, and 9 MB. .NET reads where they are from the environment of the process, as OpenSSL does, and its own methods do not change that.
/// </summary>
[SupportedOSPlatform("linux")]
internal static partial class SystemIssuers
{
    private const string Nowhere = "/nonexistent";

    /// <summary>Has to be called before the first certificate is used.</summary>
    public static void Ignore()
    {
        // Where it fails, the issuers are read: a start takes longer.
        _ = NativeSetEnvironment("SSL_CERT_DIR", Nowhere, overwrite: 1);
        _ = NativeSetEnvironment("SSL_CERT_FILE", Nowhere, overwrite: 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int NativeSetEnvironment(string name, string value, int overwrite);
}
