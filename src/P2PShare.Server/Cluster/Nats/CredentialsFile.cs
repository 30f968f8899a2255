using NATS.Client.Core;
using NATS.NKeys;

namespace P2PShare.Server.Cluster.Nats;

/// <summary>
/// A file with what NATS knows a server by: a <c>.creds</c> file, with a JWT and the seed of its key, or a file with the seed of an nkey.
/// The library would read the second only where it has the public key, too, which files of <c>nk -gen user</c> do not.
/// </summary>
internal static class CredentialsFile
{
    // A JWT of a user with many permissions has some kilobytes.
    private const int MaxBytes = 256 * 1024;

    private const string JwtBegins = "-----BEGIN NATS USER JWT-----";
    private const string SeedPrefix = "SU";

    /// <exception cref="ClusterException">The file cannot be read, or has no credentials.</exception>
    public static NatsAuthOpts Read(string file)
    {
        var lines = ReadLines(file);
        var seed = lines.FirstOrDefault(line => line.StartsWith(SeedPrefix, StringComparison.Ordinal));
        if (seed is null || PublicKeyOf(seed) is not { } publicKey)
            throw new ClusterException("the file of --cluster-credentials has no seed of a user's key");
        var jwt = lines.SkipWhile(line => line != JwtBegins).Skip(1).FirstOrDefault();
        return jwt is null
            ? NatsAuthOpts.Default with { NKey = publicKey, Seed = seed }
            : NatsAuthOpts.Default with { Jwt = jwt, Seed = seed };
    }

    private static string[] ReadLines(string file)
    {
        try
        {
            var text = new char[MaxBytes];
            using var reader = new StreamReader(file);
            return new string(text, 0, reader.ReadBlock(text))
                .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ClusterException($"--cluster-credentials cannot be read: {e.Message.TrimEnd('.')}");
        }
    }

    private static string? PublicKeyOf(string seed)
    {
        try
        {
            using var key = KeyPair.FromSeed(seed);
            return key.GetPublicKey();
        }
        catch (Exception e) when (e is NKeysException or ArgumentException or FormatException)
        {
            return null;
        }
    }
}
