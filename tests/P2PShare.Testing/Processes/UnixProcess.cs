using System.ComponentModel;
using System.Runtime.InteropServices;

namespace P2PShare.Testing.Processes;

/// <summary>Functions that System.Diagnostics.Process lacks: sending any signal, and listing child processes.</summary>
internal static class UnixProcess
{
    /// <exception cref="Win32Exception">There is no such process, or it belongs to another user.</exception>
    public static void Signal(int processId, UnixSignal signal)
    {
        if (Kill(processId, (int)signal) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>The ids of its children, oldest first (proc(5)); empty when there is none, or the process is gone.</summary>
    public static int[] ChildrenOf(int processId)
    {
        var path = $"/proc/{processId}/task/{processId}/children";
        return File.Exists(path)
            ? [.. File.ReadAllText(path).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)]
            : [];
    }

    /// <summary>Whether a process has ended. True also for a zombie: an orphan remains one where init does not reap it.</summary>
    public static bool HasEnded(int processId)
    {
        try
        {
            // The state follows the name, which is in parentheses and may contain any character (proc(5)).
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat[stat.LastIndexOf(')') + 2] is 'Z' or 'X';
        }
        catch (IOException)
        {
            return true;
        }
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int processId, int signal);
}
