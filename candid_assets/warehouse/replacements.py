"""When a row of the record was replaced by the next one, as far as the clock's times can say.

What is next is said by numbers. A clock may have been wrong when a row was written: a time in the
future is not believed, and none before an earlier row's; what stands for it is the latest that can
be meant, so that nothing is thought older than it is.
"""


def with_replaced_at(relation: str, time: str, order: str, of: str = "") -> str:
    """Return a query of a relation's rows with `replaced_at`, NULL for the newest.

    It takes the present moment as its parameter `$now`.

    Args:
        relation: As named behind FROM.
        time: The column that says when a row was written.
        order: The column whose numbers say what is next.
        of: The columns within which rows replace one another, separated by commas.
    """
    within = f"{f'partition by {of} ' if of else ''}order by {order}"
    return f"""
    select * exclude (believed),
        if(lead({order}) over ({within}) is null, null, max(believed) over
            ({within} rows between unbounded preceding and 1 following)) as replaced_at
    from (
        select *, coalesce(
            if({time} <= $now, {time}, null),
            min(if({time} <= $now, {time}, null)) over
                ({within} rows between 1 following and unbounded following),
            $now
        ) as believed
        from {relation}
    )
    """
