using System.Diagnostics.CodeAnalysis;
using P2PShare.Networking.Security;
using P2PShare.Networking.Security.Identities;

namespace P2PShare.Server.Configuration;

/// <summary>The server's key, which is made at its first start.</summary>
internal static class ServerKey
{
    public const string FileName = "key.pem";

    /// <param name="folder">The folder of the server's state.</param>
    /// <param name="problem">Where the result is null: one line that says what happened and what to do.</param>
    public static ProgramKey? Open(string folder, [NotNullWhen(false)] out string? problem)
    {
        problem = TlsSupport.WhyMissing is { } reason
            ? $"cannot encrypt: {reason}. To do without, start the server with --no-encryption."
            : null;
        if (problem is not null)
            return null;
        var path = Path.Combine(folder, FileName);
        try
        {
            return ProgramKey.LoadOrCreate(path);
        }
        catch (InvalidDataException e)
        {
            problem = $"cannot use the key: {e.Message}. Put the right file there, or delete it: clients will then be warned of a new key.";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problem = $"cannot keep the server's key in {path}: {e.Message} Name another folder with --state DIR.";
        }

        return null;
    }
}
