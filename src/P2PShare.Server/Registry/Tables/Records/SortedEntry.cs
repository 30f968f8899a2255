using System.Runtime.InteropServices;
using P2PShare.Server.Registry.Collections;

namespace P2PShare.Server.Registry.Tables.Records;

/// <summary>
/// An entry in the sorted order, with a copy of what it is sorted by and of what a list shows, so that neither a search nor a list
/// has to read the entry itself.
/// </summary>
/// <param name="Entry">The entry's number.</param>
/// <param name="Name">In the <see cref="NameStore"/>.</param>
/// <param name="Owner">In the <see cref="Owners.OwnerTable"/>.</param>
/// <param name="Port">Where the owner serves it.</param>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
internal readonly record struct SortedEntry(int Entry, int Name, int Owner, ushort Port);
