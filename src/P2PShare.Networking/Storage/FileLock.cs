namespace P2PShare.Networking.Storage;

/// <summary>Lets one program at a time change a file: it holds <c>name.lock</c> beside it. A program that dies lets it go.</summary>
public static class FileLock
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(20);

    /// <summary>Waits for the lock, up to 5 s. Disposing the result releases it.</summary>
    /// <exception cref="IOException">Another program holds it all the time, or the file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be made.</exception>
    public static IDisposable Take(string path)
    {
        var until = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (true)
        {
            try
            {
                return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
            }
            catch (IOException) when (Environment.TickCount64 < until)
            {
                Thread.Sleep(Retry);
            }
        }
    }
}
