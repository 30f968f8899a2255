using System.Runtime.InteropServices;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables;

/// <summary>
/// What stands in order: an entry, and beside it what it is ordered by and what a list shows of it, so that neither a search nor a
/// list has to look for it.
/// </summary>
/// <param name="Entry">0 where there is none.</param>
/// <param name="Name">In the <see cref="NameStore"/>.</param>
/// <param name="Owner">In the <see cref="OwnerTable"/>.</param>
/// <param name="Port">Where the owner serves it.</param>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
internal readonly record struct SortedEntry(int Entry, int Name, int Owner, ushort Port);
