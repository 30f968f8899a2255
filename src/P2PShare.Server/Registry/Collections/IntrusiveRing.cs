namespace P2PShare.Server.Registry.Collections;

/// <summary>
/// Records in rings, linked through a field of their own: a record joins and leaves a ring in constant time, and a ring that turns
/// is a queue in which everybody's turn comes. A ring is known by the number of its first record; 0 is the empty one.
/// </summary>
internal sealed class IntrusiveRing<T, TLink>(Slab<T> records)
    where T : unmanaged, ISlot
    where TLink : IRingLinkOf<T>
{
    public int Next(int number) => LinkOf(number).Next;

    /// <summary>Makes a record the last one of a ring; alone, it is the first too.</summary>
    public void Append(ref int first, int number)
    {
        if (first == 0)
        {
            LinkOf(number) = new RingLink { Previous = number, Next = number };
            first = number;
            return;
        }

        var last = LinkOf(first).Previous;
        LinkOf(number) = new RingLink { Previous = last, Next = first };
        LinkOf(last).Next = number;
        LinkOf(first).Previous = number;
    }

    public void Remove(ref int first, int number)
    {
        var link = LinkOf(number);
        LinkOf(link.Previous).Next = link.Next;
        LinkOf(link.Next).Previous = link.Previous;
        if (first == number)
            first = link.Next == number ? 0 : link.Next;
    }

    /// <summary>Makes a record of the ring its last one, so that it is everybody else's turn first.</summary>
    public void MoveToBack(ref int first, int number)
    {
        if (first == number)
        {
            first = LinkOf(number).Next;
            return;
        }

        Remove(ref first, number);
        Append(ref first, number);
    }

    private ref RingLink LinkOf(int number) => ref TLink.In(ref records[number]);
}
