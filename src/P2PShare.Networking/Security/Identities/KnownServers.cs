using System.Text;
using P2PShare.Networking.Storage;
using P2PShare.Protocol.Identity;

namespace P2PShare.Networking.Security.Identities;

/// <summary>
/// The servers that were met in TLS, and their keys, in a file with a line for each: its address and its fingerprint. Several programs
/// of one user may use the file at the same time.
/// </summary>
/// <param name="path">The file. It need not exist, nor its folder.</param>
public sealed class KnownServers(string path)
{
    // A line is about a hundred bytes long; so many servers nobody meets.
    private const int MaxBytes = 1024 * 1024;

    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>The key of a server that was met before; else null.</summary>
    /// <param name="server">As <c>host:port</c>.</param>
    /// <exception cref="IOException">The file cannot be read, or is not of this kind.</exception>
    public KeyFingerprint? Find(string server)
    {
        try
        {
            return Read().GetValueOrDefault(server);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <summary>Keeps a server's key. That of a server which is known already stays.</summary>
    /// <returns>The key that is known from now on.</returns>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public KeyFingerprint Remember(string server, KeyFingerprint key)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
        using var exclusive = FileLock.Take(Path);
        var known = Read();
        if (!known.TryAdd(server, key))
            return known[server];
        var lines = string.Concat(known.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key} {one.Value.Grouped}\n"));
        AtomicFile.Write(Path, Encoding.UTF8.GetBytes(lines));
        return key;
    }

    private Dictionary<string, KeyFingerprint> Read()
    {
        var known = new Dictionary<string, KeyFingerprint>(StringComparer.OrdinalIgnoreCase);
        if (!File.Exists(Path))
            return known;
        if (new FileInfo(Path).Length > MaxBytes)
            throw new IOException($"{Path} is too long to be a list of servers");
        foreach (var line in File.ReadLines(Path))
        {
            if (line.Length == 0 || line[0] == '#')
                continue;

            // A line that cannot be understood must not make a known server an unknown one.
            if (line.Split(' ') is not [var server, var hex] || !KeyFingerprint.TryParseTyped(hex, out var key))
                throw new IOException($"{Path} has a line that is not an address and a fingerprint; correct it, or delete it");
            known[server] = key;
        }

        return known;
    }
}
