using System.Diagnostics;

namespace P2PShare.EndToEnd.Tests.Running;

/// <summary>Runs a program as on a system without OpenSSL: in a mount namespace where its library is an empty file.</summary>
internal static class HiddenOpenSsl
{
    private const string Script = """
        for library in $(ldconfig -p | grep -oE '/[^ ]*/libssl\.so[.0-9]*' | sort -u); do
            mount --bind /dev/null "$(readlink -f "$library")" || exit 125
        done
        exec "$0" "$@"
        """;

    /// <summary>A command prefix.</summary>
    public static IReadOnlyList<string> Prefix { get; } = ["unshare", "--mount", "/bin/bash", "-c", Script];

    /// <summary>Whether this system permits such a namespace.</summary>
    public static bool IsPermitted { get; } = OperatingSystem.IsLinux() && CanRun();

    private static bool CanRun()
    {
        try
        {
            var probe = new ProcessStartInfo(Prefix[0], [.. Prefix.Skip(1), "true"]) { RedirectStandardError = true };
            using var process = Process.Start(probe)!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
