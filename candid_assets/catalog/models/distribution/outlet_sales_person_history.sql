with coverage as (
    select outlet_id, salesman_code
    from clean.skd_control__coverage
),

final as (
    select
        outlet_id,
        md5(concat('outlet:', outlet_id)) as outlet_sk,
        salesman_code
    from coverage
)

select * from final
